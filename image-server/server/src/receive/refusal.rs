//! Why one entry of the stream is not received. The rest goes on.

use std::io;

use acervo_ingest::Reason;
use acervo_tenancy::Bilingual;
use rustix::io::Errno;

/// Why one entry is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its path leaves the folder.
    Outside,
    /// Its name cannot be an address.
    BadName,
    /// Its name is longer than the file system takes.
    LongName,
    /// It lies deeper than ingest reads.
    NestedFolder,
    /// It is a symbolic link.
    Link,
    /// It is a hard link to another entry.
    HardLink,
    /// It is a file with holes, sent without them.
    Sparse,
    /// It is neither a file nor a folder.
    NotAFile,
    /// A folder is where the file belongs, or a file or link where the folder belongs.
    InTheWay,
}

impl Refusal {
    /// The refusal that a failed call on the folder means; `None` if the disk is at fault.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        match Errno::from_io_error(error)? {
            Errno::ISDIR | Errno::NOTDIR | Errno::EXIST | Errno::NOTEMPTY => Some(Self::InTheWay),
            // A link that lies there already and leads out of the folder.
            Errno::XDEV | Errno::LOOP | Errno::NOENT => Some(Self::InTheWay),
            Errno::NAMETOOLONG => Some(Self::LongName),
            _ => None,
        }
    }

    /// The code, which never changes.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Outside => "outside-folder",
            Self::BadName => Reason::BadName.code(),
            Self::LongName => "name-too-long",
            Self::NestedFolder => Reason::NestedFolder.code(),
            Self::Link => "link",
            Self::HardLink => "hard-link",
            Self::Sparse => "sparse-file",
            Self::NotAFile => Reason::NotAFile.code(),
            Self::InTheWay => "in-the-way",
        }
    }

    /// What happened and what to do.
    pub(super) fn message(self) -> Bilingual {
        match self {
            Self::Outside => Bilingual::new(
                "La ruta sale de la carpeta. Envíe la carpeta con tar c -C CARPETA . para que las rutas sean relativas.",
                "The path leaves the folder. Send the folder with tar c -C FOLDER . so that paths are relative.",
            ),
            Self::BadName => Reason::BadName.message(),
            Self::LongName => Bilingual::new(
                "El nombre es demasiado largo. Acórtelo a menos de 255 bytes.",
                "The name is too long. Shorten it to less than 255 bytes.",
            ),
            Self::NestedFolder => Reason::NestedFolder.message(),
            Self::Link => Bilingual::new(
                "Es un enlace simbólico. Copie el archivo mismo, o agregue -h a tar.",
                "It is a symbolic link. Copy the file itself, or add -h to tar.",
            ),
            Self::HardLink => Bilingual::new(
                "Es un enlace a otro archivo del envío. Copie el archivo, o agregue --hard-dereference a tar.",
                "It is a link to another file of the stream. Copy the file, or add --hard-dereference to tar.",
            ),
            Self::Sparse => Bilingual::new(
                "Es un archivo disperso, enviado sin sus huecos. Quite -S de tar.",
                "It is a sparse file, sent without its holes. Take -S away from tar.",
            ),
            Self::NotAFile => Reason::NotAFile.message(),
            Self::InTheWay => Bilingual::new(
                "Ya hay una carpeta, un archivo o un enlace de otro tipo con ese nombre. Cambie el nombre de uno de los dos.",
                "There is a folder, a file or a link of another kind with this name already. Rename one of the two.",
            ),
        }
    }
}
