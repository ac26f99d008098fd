//! The errors in sentences for the people who named the bucket.

use acervo_tenancy::Bilingual;

use crate::error::{BucketError, Denial, is_full};

/// What happened and what to do.
pub(crate) fn message(error: &BucketError) -> Bilingual {
    match error {
        BucketError::Setting { name, value } => setting(name, value),
        BucketError::Denied(denial) => denied(denial),
        BucketError::NoSuchBucket { bucket, host } => Bilingual::new(
            format!(
                "No existe ningún bucket «{bucket}» en {host}. Revise el nombre y la dirección del servicio."
            ),
            format!(
                "There is no bucket \"{bucket}\" at {host}. Check its name and the address of the service."
            ),
        ),
        BucketError::WrongRegion {
            region: Some(region),
        } => Bilingual::new(
            format!("El bucket está en la región {region}. Escríbala en `region`."),
            format!("The bucket is in the region {region}. Write it in `region`."),
        ),
        BucketError::WrongRegion { region: None } => Bilingual::new(
            "El bucket está en otra región. Escriba en `region` la que indica su servicio.",
            "The bucket is in another region. Write in `region` the one that your service names.",
        ),
        BucketError::Unreachable { host, why } => Bilingual::new(
            format!(
                "No se puede usar el servicio {host} ({why}). Se volverá a intentar; si continúa, revise la dirección o pregunte a quien lo administra."
            ),
            format!(
                "The service {host} cannot be used ({why}). It will be tried again; if this goes on, check the address or ask who runs it."
            ),
        ),
        BucketError::Untrusted { host, why } => Bilingual::new(
            format!(
                "El certificado de {host} no es de confianza ({why}). Si es de una autoridad propia, pida a su proveedor que la agregue."
            ),
            format!(
                "The certificate of {host} is not trusted ({why}). If it is from an authority of your own, ask your provider to add it."
            ),
        ),
        BucketError::EndpointNotAllowed { host, address } => not_allowed(
            host,
            &address
                .map(|address| format!(" ({address})"))
                .unwrap_or_default(),
        ),
        BucketError::Stalled { host, after } => Bilingual::new(
            format!(
                "El servicio {host} dejó de enviar datos durante {} segundos. Se volverá a intentar; si continúa, pregunte a quien lo administra.",
                after.as_secs()
            ),
            format!(
                "The service {host} sent nothing for {} seconds. It will be tried again; if this goes on, ask who runs it.",
                after.as_secs()
            ),
        ),
        BucketError::Unexpected { host, why } => Bilingual::new(
            format!(
                "{host} no responde como un servicio S3 ({why}). Revise que la dirección sea la del servicio y no la de su página web."
            ),
            format!(
                "{host} does not answer like an S3 service ({why}). Check that the address is that of the service and not of its web page."
            ),
        ),
        BucketError::TooMany { .. }
        | BucketError::TooLarge { .. }
        | BucketError::Changed { .. } => object(error),
        BucketError::Io(error) if is_full(error) => Bilingual::new(
            "No queda espacio para los archivos del bucket. Pida a su proveedor más almacenamiento.",
            "There is no room left for the files of the bucket. Ask your provider for more storage.",
        ),
        BucketError::Io(error) => Bilingual::new(
            format!(
                "No se puede escribir lo que llega del bucket ({error}). Avise a su proveedor."
            ),
            format!("What comes from the bucket cannot be written ({error}). Tell your provider."),
        ),
    }
}

fn setting(name: &str, value: &str) -> Bilingual {
    let (es, en) = match name {
        "endpoint" => (
            "Escriba una dirección como https://s3.example.org, sin usuario ni parámetros",
            "Write an address such as https://s3.example.org, without user or parameters",
        ),
        "bucket" => (
            "Escriba solo el nombre del bucket, sin dirección ni carpetas",
            "Write the name of the bucket alone, without address or folders",
        ),
        "prefix" => (
            "Escriba carpetas separadas por `/`, sin partes vacías ni `..`",
            "Write folders separated by `/`, without empty parts or `..`",
        ),
        "proxy" => (
            "El proveedor debe corregir HTTPS_PROXY o HTTP_PROXY",
            "The provider has to correct HTTPS_PROXY or HTTP_PROXY",
        ),
        _ => (
            "Escriba el valor que indica su servicio",
            "Write the value that your service names",
        ),
    };
    Bilingual::new(
        format!("`{name}` no sirve («{value}»). {es}."),
        format!("`{name}` cannot be used (\"{value}\"). {en}."),
    )
}

fn denied(denial: &Denial) -> Bilingual {
    match denial {
        Denial::NoKey => Bilingual::new(
            "El bucket no es público. Indique un Secret con `accessKeyId` y `secretAccessKey`.",
            "The bucket is not public. Name a Secret with `accessKeyId` and `secretAccessKey`.",
        ),
        Denial::Unfit => Bilingual::new(
            "`accessKeyId` o `secretAccessKey` del Secret están vacíos o contienen caracteres que una clave no tiene. Vuelva a copiarlos.",
            "`accessKeyId` or `secretAccessKey` of the Secret is empty or has characters that a key does not have. Copy them again.",
        ),
        Denial::UnknownId => Bilingual::new(
            "El servicio no conoce la clave `accessKeyId` del Secret. Revise que sea la de este servicio y que siga vigente.",
            "The service does not know `accessKeyId` of the Secret. Check that it is of this service and still valid.",
        ),
        Denial::WrongSecret => Bilingual::new(
            "`secretAccessKey` del Secret no corresponde a `accessKeyId`. Vuelva a copiar las dos.",
            "`secretAccessKey` of the Secret does not belong to `accessKeyId`. Copy both again.",
        ),
        Denial::Clock => Bilingual::new(
            "El reloj del servidor y el del servicio no coinciden. Avise a su proveedor.",
            "The clocks of the server and of the service differ. Tell your provider.",
        ),
        Denial::NotPermitted(code) => Bilingual::new(
            format!(
                "El servicio no permite leer el bucket con la clave del Secret (`accessKeyId`, `secretAccessKey`): {code}. Dé a esa clave permiso para listar el bucket y leer sus objetos."
            ),
            format!(
                "The service does not let the key of the Secret (`accessKeyId`, `secretAccessKey`) read the bucket: {code}. Permit that key to list the bucket and to read its objects."
            ),
        ),
    }
}

fn not_allowed(host: &str, address: &str) -> Bilingual {
    Bilingual::new(
        format!(
            "La plataforma no permite leer de {host}{address}, porque está dentro de su red. Use la dirección pública del servicio o pida a su proveedor que la permita."
        ),
        format!(
            "The platform does not allow reading from {host}{address}, because it is inside its network. Use the public address of the service, or ask your provider to allow it."
        ),
    )
}

/// What concerns objects.
fn object(error: &BucketError) -> Bilingual {
    match error {
        BucketError::TooMany { limit } => Bilingual::new(
            format!(
                "El bucket tiene más de {limit} objetos. Indique en `prefix` la carpeta de la colección."
            ),
            format!(
                "The bucket has more than {limit} objects. Name the folder of the collection in `prefix`."
            ),
        ),
        BucketError::TooLarge { path, size, limit } => Bilingual::new(
            format!(
                "«{path}» tiene {size} bytes, más de los {limit} permitidos. Redúzcalo o divídalo."
            ),
            format!(
                "\"{path}\" has {size} bytes, more than the {limit} allowed. Make it smaller or split it."
            ),
        ),
        BucketError::Changed { path } => Bilingual::new(
            format!(
                "«{path}» cambió o desapareció mientras se leía. Se leerá de nuevo la próxima vez."
            ),
            format!("\"{path}\" changed or went while it was read. It will be read the next time."),
        ),
        other => Bilingual::new(other.to_string(), other.to_string()),
    }
}
