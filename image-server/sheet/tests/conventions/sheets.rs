//! The same objects, written as sheets of seven conventions. Knows nothing of the reader.

/// An object, as every convention can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) creators: Vec<String>,
    pub(crate) date: String,
    pub(crate) subjects: Vec<String>,
    pub(crate) rights: String,
    /// The names of its images, in order; their stems are the names of the pages.
    pub(crate) files: Vec<String>,
}

/// The text of a sheet.
pub(crate) struct Written {
    pub(crate) convention: &'static str,
    pub(crate) file: String,
    pub(crate) csv: String,
    /// Whether it names files; otherwise they go by the name of the object.
    pub(crate) names_files: bool,
}

/// `count` objects that differ in everything, with what makes sheets hard: commas, quotation marks, accents,
/// upper case, several values, several pages.
pub(crate) fn objects(count: usize) -> Vec<Object> {
    const KINDS: [&str; 4] = ["Mapa", "Plano", "Álbum", "Carta"];
    const PLACES: [&str; 5] = [
        "La Habana",
        "Matanzas",
        "Santiago de Cuba",
        "Trinidad",
        "Camagüey",
    ];
    const PEOPLE: [&str; 4] = [
        "Ruiz, Ana",
        "Núñez, José",
        "O'Reilly, María",
        "Taller de «El Siglo»",
    ];
    const SUBJECTS: [&str; 5] = [
        "Cartografía",
        "Puertos",
        "Bomberos",
        "Salud pública",
        "Azúcar",
    ];
    const RIGHTS: [&str; 3] = [
        "http://rightsstatements.org/vocab/InC/1.0/",
        "http://creativecommons.org/publicdomain/mark/1.0/",
        "http://creativecommons.org/licenses/by/4.0/",
    ];
    let object = |index: usize| {
        let kind = KINDS[index % KINDS.len()];
        let place = PLACES[index % PLACES.len()];
        let name = match index % 3 {
            0 => format!("mapa-{index:03}"),
            1 => format!("BNJM_{index:03}"),
            _ => format!("álbum.{index:03}"),
        };
        let files = match index % 4 {
            3 => (1..=3)
                .map(|page| format!("{name}_{page:03}.tif"))
                .collect(),
            _ => vec![format!("{name}.tif")],
        };
        Object {
            title: format!("{kind} de {place}, \"{index}\""),
            summary: format!("{kind} impreso; en {place}, con notas a mano."),
            creators: (0..=index % 2)
                .map(|offset| PEOPLE[(index + offset) % PEOPLE.len()].to_owned())
                .collect(),
            date: match index % 3 {
                0 => format!("{}", 1800 + index),
                1 => format!("{}-05", 1800 + index),
                _ => format!("ca. {}", 1800 + index),
            },
            subjects: (0..=index % 3)
                .map(|offset| SUBJECTS[(index + offset) % SUBJECTS.len()].to_owned())
                .collect(),
            rights: RIGHTS[index % RIGHTS.len()].to_owned(),
            files,
            name,
        }
    };
    (0..count).map(object).collect()
}

/// The sheets of all conventions.
pub(crate) fn sheets(objects: &[Object]) -> Vec<Written> {
    vec![
        collection_builder(objects),
        wax(objects),
        omeka_s(objects),
        workbench(objects),
        bulkrax(objects),
        tropiiify(objects),
        telar(objects),
    ]
}

fn collection_builder(objects: &[Object]) -> Written {
    let heading = "objectid,parentid,title,creator,date,description,subject,rights,rightsstatement,\
        display_template,object_location,image_small,image_thumb,format";
    let mut rows = Vec::new();
    for object in objects {
        let location = |file: &String| format!("/objects/{file}");
        let single = object.files.len() == 1;
        let own = if single {
            location(&object.files[0])
        } else {
            String::new()
        };
        let template = if single { "image" } else { "compound_object" };
        rows.push(vec![
            object.name.clone(),
            String::new(),
            object.title.clone(),
            object.creators.join("; "),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join(";"),
            String::new(),
            object.rights.replace("http:", "https:"),
            template.to_owned(),
            own.clone(),
            own.replace(".tif", "_sm.jpg"),
            own.replace(".tif", "_th.jpg"),
            "image/tiff".to_owned(),
        ]);
        for file in object.files.iter().filter(|_| !single) {
            let mut page = vec![String::new(); 14];
            page[0] = stem(file);
            page[1].clone_from(&object.name);
            page[10] = location(file);
            rows.push(page);
        }
    }
    written("CollectionBuilder", heading, &rows, true)
}

fn wax(objects: &[Object]) -> Written {
    let heading = "pid,label,artist,_date,description,subject,rights,thumbnail,full,manifest,order";
    let row = |(index, object): (usize, &Object)| {
        let derivative = |name: &str| format!("/img/derivatives/iiif/{}/{name}", object.name);
        vec![
            object.name.clone(),
            object.title.clone(),
            object.creators.join("; "),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join("; "),
            object.rights.clone(),
            derivative("full/250,/0/default.jpg"),
            derivative("full/1140,/0/default.jpg"),
            derivative("manifest.json"),
            index.to_string(),
        ]
    };
    let rows: Vec<_> = objects.iter().enumerate().map(row).collect();
    written("wax", heading, &rows, false)
}

fn omeka_s(objects: &[Object]) -> Written {
    let heading = "dcterms:identifier,dcterms:title,dcterms:creator,dcterms:date,dcterms:description,\
        dcterms:subject,dcterms:license,o:resource_class,o:is_public,media";
    let row = |object: &Object| {
        vec![
            object.name.clone(),
            object.title.clone(),
            object.creators.join(";"),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join(";"),
            object.rights.clone(),
            "bibo:Map".to_owned(),
            "1".to_owned(),
            object.files.join(";"),
        ]
    };
    let rows: Vec<_> = objects.iter().map(row).collect();
    written("Omeka S", heading, &rows, true)
}

fn workbench(objects: &[Object]) -> Written {
    let heading = "id,parent_id,field_weight,file,title,field_model,field_linked_agent,field_edtf_date,\
        field_description,field_subject,field_rights,field_member_of";
    let mut rows = Vec::new();
    for object in objects {
        let single = object.files.len() == 1;
        let agents = object
            .creators
            .iter()
            .map(|name| format!("relators:cre:person:{name}"));
        rows.push(vec![
            object.name.clone(),
            String::new(),
            String::new(),
            if single {
                object.files[0].clone()
            } else {
                String::new()
            },
            object.title.clone(),
            if single { "Image" } else { "Paged Content" }.to_owned(),
            agents.collect::<Vec<_>>().join("|"),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join("|"),
            object.rights.clone(),
            "14".to_owned(),
        ]);
        for (index, file) in object.files.iter().enumerate().filter(|_| !single) {
            let mut page = vec![String::new(); 12];
            page[0] = stem(file);
            page[1].clone_from(&object.name);
            page[2] = (index + 1).to_string();
            page[3].clone_from(file);
            page[4] = format!("{}, page {}", object.title, index + 1);
            page[5] = "Page".to_owned();
            rows.push(page);
        }
    }
    written("Islandora Workbench", heading, &rows, true)
}

fn bulkrax(objects: &[Object]) -> Written {
    let heading = "source_identifier,model,title,creator_1,creator_2,date_created,description,subject,\
        rights_statement,license,file,parents,visibility";
    let mut rows = Vec::new();
    for object in objects {
        let single = object.files.len() == 1;
        let creator = |index: usize| object.creators.get(index).cloned().unwrap_or_default();
        rows.push(vec![
            object.name.clone(),
            "GenericWork".to_owned(),
            object.title.clone(),
            creator(0),
            creator(1),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join("|"),
            object.rights.clone(),
            String::new(),
            if single {
                object.files[0].clone()
            } else {
                String::new()
            },
            String::new(),
            "open".to_owned(),
        ]);
        for file in object.files.iter().filter(|_| !single) {
            let mut page = vec![String::new(); 13];
            page[0] = stem(file);
            page[1] = "FileSet".to_owned();
            page[10].clone_from(file);
            page[11].clone_from(&object.name);
            rows.push(page);
        }
    }
    written("Bulkrax", heading, &rows, true)
}

fn tropiiify(objects: &[Object]) -> Written {
    let heading = "id,label,summary,rights,requiredstatement:value,homepage:value,metadata:Creator,\
        metadata:Date|navdate,metadata:Subject";
    let row = |object: &Object| {
        vec![
            object.name.clone(),
            object.title.clone(),
            object.summary.clone(),
            object.rights.clone(),
            "Biblioteca de ejemplo".to_owned(),
            "https://biblioteca.example.org/".to_owned(),
            object.creators.join("; "),
            object.date.clone(),
            object.subjects.join("; "),
        ]
    };
    let rows: Vec<_> = objects.iter().map(row).collect();
    written("tropiiify", heading, &rows, false)
}

fn telar(objects: &[Object]) -> Written {
    let heading = "object_id,title,creator,period,description,subjects,rights,source_url,alt_text";
    let row = |object: &Object| {
        vec![
            object.name.clone(),
            object.title.clone(),
            object.creators.join("; "),
            object.date.clone(),
            object.summary.clone(),
            object.subjects.join("; "),
            object.rights.clone(),
            String::new(),
            format!("Vista de: {}", object.title),
        ]
    };
    let rows: Vec<_> = objects.iter().map(row).collect();
    written("Telar", heading, &rows, false)
}

fn stem(file: &str) -> String {
    file.rsplit_once('.')
        .map_or(file, |(stem, _)| stem)
        .to_owned()
}

fn written(
    convention: &'static str,
    heading: &str,
    rows: &[Vec<String>],
    names_files: bool,
) -> Written {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', ';']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut csv = format!("{heading}\n");
    for row in rows {
        csv.push_str(&row.iter().map(quoted).collect::<Vec<_>>().join(","));
        csv.push('\n');
    }
    Written {
        file: format!("{}.csv", convention.to_lowercase().replace(' ', "-")),
        convention,
        csv,
        names_files,
    }
}
