//! Why files are set aside: stable codes, and sentences for the people who handed them over.

use acervo_pixels::source::SourceError;
use acervo_tenancy::Bilingual;

/// Why one file or folder is not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It has no bytes.
    Empty,
    /// It is no image of a kind that is read.
    NotAnImage,
    /// It is an image of a kind that is not read; the text says which.
    Unsupported(String),
    /// It breaks off or contradicts itself; the text is the decoder's.
    Damaged(String),
    /// It is larger than allowed: pixels across and down.
    TooLarge(u32, u32),
    /// Decoding it takes more memory than there is.
    NeedsMoreMemory {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Bytes that it takes.
        need: u64,
        /// Bytes that there are.
        limit: u64,
    },
    /// It is neither a file nor a folder.
    NotAFile,
    /// It is a link that leads out of the folder, or nowhere.
    LinkOutside,
    /// Its name cannot be an address.
    BadName,
    /// Another item has the same name.
    DuplicateItem(String),
    /// A folder without any image.
    NoImages,
    /// A folder inside the folder of an item.
    NestedFolder,
    /// It cannot be read; the text says why.
    Unreadable(String),
    /// More than half of the collection vanished at once.
    MassRemoval {
        /// Items that vanished.
        gone: usize,
        /// Items that were published.
        of: usize,
    },
    /// The folder of the collection does not exist.
    NoFolder,
    /// A row of the spreadsheet whose image is not there; the text is what the row says, or its name.
    NoFile(String),
    /// A row of the spreadsheet that speaks of an image which another row has; the text is the image's path.
    FileTaken(String),
    /// An image that no row of the spreadsheet speaks of; it is published under its own name.
    NoRow,
    /// A spreadsheet beside the one that is read; the text is the name of that one.
    SecondSheet(String),
    /// A text whose image is not there.
    TextWithoutImage,
    /// A number of a page that the item does not have.
    NoSuchPage(u32),
    /// What the reader of spreadsheets says.
    Sheet {
        /// The code.
        code: &'static str,
        /// The words.
        message: Bilingual,
    },
    /// What the reader of texts says.
    Text {
        /// The code.
        code: &'static str,
        /// The words.
        message: Bilingual,
    },
}

impl Reason {
    /// The code, which never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty-file",
            Self::NotAnImage => "not-an-image",
            Self::Unsupported(_) => "unsupported-format",
            Self::Damaged(_) => "damaged-image",
            Self::TooLarge(..) => "image-too-large",
            Self::NeedsMoreMemory { .. } => "needs-more-memory",
            Self::NotAFile => "not-a-file",
            Self::LinkOutside => "link-outside",
            Self::BadName => "bad-name",
            Self::DuplicateItem(_) => "duplicate-item",
            Self::NoImages => "no-images",
            Self::NestedFolder => "nested-folder",
            Self::Unreadable(_) => "unreadable",
            Self::MassRemoval { .. } => "mass-removal",
            Self::NoFolder => "no-folder",
            Self::NoFile(_) => "no-file",
            Self::FileTaken(_) => "file-taken",
            Self::NoRow => "no-row",
            Self::SecondSheet(_) => "second-sheet",
            Self::TextWithoutImage => "text-without-image",
            Self::NoSuchPage(_) => "no-such-page",
            Self::Sheet { code, .. } | Self::Text { code, .. } => code,
        }
    }

    /// What happened and what to do, in both languages.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "a sentence a kind, in two languages, all in one place"
    )]
    pub fn message(&self) -> Bilingual {
        match self {
            Self::Empty => Bilingual::new(
                "El archivo está vacío (0 bytes). Vuelva a copiarlo.",
                "The file is empty (0 bytes). Copy it again.",
            ),
            Self::NotAnImage => Bilingual::new(
                "El archivo no es una imagen JPEG, PNG, TIFF, JPEG 2000, WebP o GIF, diga lo que diga su nombre. Entregue la imagen en uno de esos formatos.",
                "The file is no JPEG, PNG, TIFF, JPEG 2000, WebP or GIF image, whatever its name says. Hand over the image in one of these formats.",
            ),
            Self::Unsupported(what) => Bilingual::new(
                format!(
                    "Esta clase de imagen no se puede leer ({what}). Guárdela o expórtela como TIFF o JPEG, en RGB o escala de grises."
                ),
                format!(
                    "This kind of image cannot be read ({what}). Save or export it as TIFF or JPEG, in RGB or greyscale."
                ),
            ),
            Self::Damaged(what) => Bilingual::new(
                format!(
                    "La imagen está dañada o incompleta ({what}). Vuelva a copiarla del original."
                ),
                format!(
                    "The image is damaged or incomplete ({what}). Copy it again from the original."
                ),
            ),
            Self::TooLarge(width, height) => Bilingual::new(
                format!(
                    "La imagen es más grande de lo permitido ({width} × {height} píxeles). Redúzcala o divídala, o pida a su proveedor un límite mayor."
                ),
                format!(
                    "The image is larger than allowed ({width} × {height} pixels). Make it smaller or split it, or ask your provider for a higher limit."
                ),
            ),
            Self::NeedsMoreMemory {
                width,
                height,
                need,
                limit,
            } => {
                let (need, limit) = (need.div_ceil(1 << 20), limit >> 20);
                Bilingual::new(
                    format!(
                        "Leer esta imagen de {width} × {height} píxeles requiere {need} MiB de memoria y hay {limit}. Guárdela como TIFF con teselas o tiras, que se lee por partes, o pida más memoria a su proveedor."
                    ),
                    format!(
                        "Reading this image of {width} × {height} pixels takes {need} MiB of memory, and there are {limit}. Save it as TIFF with tiles or strips, which is read in parts, or ask your provider for more memory."
                    ),
                )
            }
            Self::NotAFile => Bilingual::new(
                "No es un archivo ni una carpeta. Retírelo.",
                "It is neither a file nor a folder. Remove it.",
            ),
            Self::LinkOutside => Bilingual::new(
                "Es un enlace que sale de la carpeta o no lleva a ningún archivo. Copie el archivo mismo.",
                "It is a link that leads out of the folder or to no file. Copy the file itself.",
            ),
            Self::BadName => Bilingual::new(
                "El nombre contiene caracteres de control o no está en UTF-8. Cámbielo.",
                "The name contains control characters or is not UTF-8. Rename it.",
            ),
            Self::DuplicateItem(other) => Bilingual::new(
                format!(
                    "Ya hay un ítem con este nombre («{other}»). Cambie el nombre de uno de los dos."
                ),
                format!("There is an item of this name already (\"{other}\"). Rename one of them."),
            ),
            Self::NoImages => Bilingual::new(
                "La carpeta no contiene ninguna imagen que se pueda publicar.",
                "The folder contains no image that can be published.",
            ),
            Self::NestedFolder => Bilingual::new(
                "Hay una carpeta dentro de la carpeta de un ítem. Suba sus imágenes un nivel.",
                "There is a folder inside the folder of an item. Move its images one level up.",
            ),
            Self::Unreadable(why) => Bilingual::new(
                format!("No se puede leer el archivo ({why}). Revise sus permisos y el disco."),
                format!("The file cannot be read ({why}). Check its permissions and the disk."),
            ),
            Self::MassRemoval { gone, of } => Bilingual::new(
                format!(
                    "Desaparecieron {gone} de {of} ítems a la vez. Se sigue publicando lo anterior hasta que alguien confirme la eliminación; si fue un error, devuelva los archivos."
                ),
                format!(
                    "{gone} of {of} items vanished at once. What was published before stays until someone confirms the removal; if it was a mistake, put the files back."
                ),
            ),
            Self::NoFolder => Bilingual::new(
                "La carpeta de la colección no existe todavía. Créela y ponga en ella las imágenes.",
                "The folder of the collection does not exist yet. Create it and put the images into it.",
            ),
            Self::NoFile(what) => Bilingual::new(
                format!(
                    "No hay ninguna imagen para esta fila («{what}»). Entregue el archivo o una carpeta con ese nombre, o corrija la fila."
                ),
                format!(
                    "There is no image for this row (\"{what}\"). Hand over the file or a folder of that name, or correct the row."
                ),
            ),
            Self::FileTaken(path) => Bilingual::new(
                format!(
                    "La imagen «{path}» ya es de otra fila; esta no la recibe. Escriba en cada fila su propia imagen."
                ),
                format!(
                    "The image \"{path}\" belongs to another row; this one does not get it. Write an image of its own in each row."
                ),
            ),
            Self::NoRow => Bilingual::new(
                "Ninguna fila de la hoja habla de esta imagen; se publica con el nombre del archivo. Si le corresponde una fila, escriba su nombre en ella.",
                "No row of the sheet speaks of this image; it is published under the name of its file. If a row belongs to it, write its name there.",
            ),
            Self::SecondSheet(first) => Bilingual::new(
                format!(
                    "Ya se lee otra hoja de datos («{first}»). Deje una sola en la carpeta, o llame metadatos a la buena."
                ),
                format!(
                    "Another spreadsheet is read already (\"{first}\"). Leave only one in the folder, or call the right one metadata."
                ),
            ),
            Self::TextWithoutImage => Bilingual::new(
                "No hay ninguna imagen con el nombre de este texto. Dele el nombre de su imagen y póngalo a su lado.",
                "There is no image of the name of this text. Give it the name of its image and put it beside it.",
            ),
            Self::NoSuchPage(number) => Bilingual::new(
                format!("El ítem no tiene ninguna página {number}. Corrija el número en la hoja."),
                format!("The item has no page {number}. Correct the number in the sheet."),
            ),
            Self::Sheet { message, .. } | Self::Text { message, .. } => message.clone(),
        }
    }
}

impl From<SourceError> for Reason {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Empty => Self::Empty,
            SourceError::NotAnImage => Self::NotAnImage,
            SourceError::Unsupported(what) => Self::Unsupported(what),
            SourceError::Damaged(what) => Self::Damaged(what),
            SourceError::Size { width, height } | SourceError::Pixels { width, height, .. } => {
                Self::TooLarge(width, height)
            }
            SourceError::Memory {
                width,
                height,
                need,
                limit,
            } => Self::NeedsMoreMemory {
                width,
                height,
                need,
                limit,
            },
            SourceError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Self::Damaged(error.to_string())
            }
            SourceError::Io(error) => Self::Unreadable(error.to_string()),
            SourceError::Scratch(error) => {
                Self::Unreadable(format!("a temporary copy of it: {error}"))
            }
        }
    }
}
