//! Admission: pixels are only made while there is memory and a core for them.

use std::time::Duration;

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for its turn before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(5);
const MIB: u64 = 1 << 20;

/// Why a request may not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AdmissionError {
    /// It would take more than there is at all: 400.
    #[error("rendering it takes more memory than the server has for it")]
    TooLarge,
    /// Others are rendering: 503.
    #[error("the server is busy; try again in a few seconds")]
    Busy,
}

/// The budget for rendering.
#[derive(Debug)]
pub(crate) struct Admission {
    total: u32,
    memory: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Admission {
    /// A budget of `mebibytes`, and of as many renders at a time as there are cores.
    pub(crate) fn new(mebibytes: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            total: mebibytes,
            memory: Arc::new(Semaphore::new(mebibytes as usize)),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Bytes in all.
    pub(crate) fn total(&self) -> u64 {
        u64::from(self.total) * MIB
    }

    /// Waits until `bytes` and a core are free; they are while the permits live.
    ///
    /// # Errors
    /// If it will never be, or not soon.
    pub(crate) async fn admit(
        &self,
        bytes: u64,
    ) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), AdmissionError> {
        let wanted = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(u32::MAX);
        if wanted > self.total {
            return Err(AdmissionError::TooLarge);
        }
        let both = async {
            let memory = Arc::clone(&self.memory).acquire_many_owned(wanted).await;
            let core = Arc::clone(&self.cores).acquire_owned().await;
            memory.and_then(|memory| core.map(|core| (memory, core)))
        };
        match tokio::time::timeout(PATIENCE, both).await {
            Ok(Ok(permits)) => Ok(permits),
            Ok(Err(_)) | Err(_) => Err(AdmissionError::Busy),
        }
    }
}
