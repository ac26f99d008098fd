//! The bucket as its users see it: blocking calls.

use std::fs::File;

use object_store::aws::AwsCredential;
use tokio::runtime::{Builder, Runtime};

use crate::address::Policy;
use crate::client::client;
use crate::error::BucketError;
use crate::list::{Listing, Object};
use crate::service::Service;
use crate::settings::{Limits, Settings, Target, usable};

/// A bucket of an S3 service.
///
/// All calls block, and any number of threads may make them at once. A bucket can be dropped anywhere; calls must
/// not be made from async code, where blocking panics.
#[derive(Debug)]
pub struct Bucket {
    /// Taken by nobody but `drop`.
    runtime: Option<Runtime>,
    service: Service,
    limits: Limits,
}

impl Bucket {
    /// Opens a bucket, which asks the service nothing yet.
    ///
    /// # Errors
    /// [`BucketError::Setting`] for a setting that cannot be used, [`BucketError::Denied`] for a key that cannot be
    /// one, [`BucketError::EndpointNotAllowed`] if the endpoint is refused by its name or as an address,
    /// [`BucketError::Untrusted`] if there is no authority to trust, [`BucketError::Io`] if no thread can be started.
    pub fn open(settings: Settings) -> Result<Self, BucketError> {
        let target = Target::new(&settings)?;
        let key = settings.credentials.as_ref().map(usable).transpose()?;
        let limits = settings.limits;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("bucket")
            .enable_all()
            .build()?;
        let client = {
            let _inside = runtime.enter();
            client(&target, Policy::new(settings.allowed_inside), &limits)
        };
        match client {
            Ok(client) => Ok(Self {
                runtime: Some(runtime),
                service: Service {
                    target,
                    client,
                    key: key.map(|(key_id, secret_key)| AwsCredential {
                        key_id,
                        secret_key,
                        token: None,
                    }),
                },
                limits,
            }),
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    /// All objects below the prefix.
    ///
    /// A page that fails is asked for again, within [`Limits::without_progress`] and at most five times.
    ///
    /// # Errors
    /// All of [`BucketError`] but those of one object.
    pub fn list(&self) -> Result<Listing, BucketError> {
        self.block_on(crate::list::list(&self.service, &self.limits))
    }

    /// Writes an object of a listing to the end of `into`, from the byte on that the file already has.
    ///
    /// A file that is to go on must hold the beginning of this very version: name it by [`Object::version`]. A
    /// file longer than the object is emptied first. When the connection breaks or nothing comes, another
    /// one goes on where it broke: up to five tries that bring nothing, each after a longer pause, and up to a
    /// hundred in all. The service is asked for this version alone, so the bytes of two are never mixed.
    ///
    /// Whatever the error, the file is left as far as it has come. After [`BucketError::Changed`] it is of no use.
    ///
    /// # Errors
    /// [`BucketError::TooLarge`] before anything is asked; [`BucketError::Changed`] if the object is
    /// another or gone; [`BucketError::Io`] if the file cannot be written; those of the service.
    pub fn fetch(&self, object: &Object, into: &mut File) -> Result<(), BucketError> {
        self.block_on(crate::fetch::fetch(
            &self.service,
            &self.limits,
            object,
            into,
        ))
    }

    fn block_on<T>(
        &self,
        call: impl Future<Output = Result<T, BucketError>>,
    ) -> Result<T, BucketError> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(call),
            None => Err(std::io::Error::other("the bucket is closed").into()),
        }
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        // Dropped as it is, a runtime would wait for its threads, and panic where waiting is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
