//! A value that was read from the database, and is used again for as long as nothing was committed since.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::DbErr;
use tokio::sync::Mutex;

use super::{Db, Version};

/// What was read last, by whom it may be used, and whose turn it is to read again. Never to be trusted inside a write.
#[derive(Debug)]
pub struct Kept<T> {
    last: RwLock<Option<Reading<T>>>,
    begun: AtomicU64,
    turn: Mutex<()>,
}

#[derive(Debug)]
struct Reading<T> {
    number: u64,
    version: Version,
    value: Arc<T>,
}

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        Self {
            number: self.number,
            version: self.version.clone(),
            value: self.value.clone(),
        }
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            last: RwLock::default(),
            begun: AtomicU64::new(0),
            turn: Mutex::default(),
        }
    }
}

impl<T> Kept<T> {
    /// The value as of now: the one that was read last, if nothing was committed since and it `fits`; else `read` anew. Of many who ask at
    /// once one reads, and those who came before it began take what it found: under a stream of writes a reading serves all who wait.
    pub async fn get<E: From<DbErr>>(
        &self,
        db: &Db,
        fits: impl Fn(&T) -> bool,
        read: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let arrived = self.begun.load(Ordering::SeqCst);
        let version = db.version().await?;
        let usable = |last: &Reading<T>| (last.version == version || last.number > arrived) && fits(&last.value);
        if let Some(last) = self.last().filter(usable) {
            return Ok(last.value);
        }
        let _turn = self.turn.lock().await;
        if let Some(last) = self.last().filter(usable) {
            return Ok(last.value);
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let version = db.version().await?;
        let value = Arc::new(read().await?);
        let reading = Reading {
            number,
            version,
            value: value.clone(),
        };
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        Ok(value)
    }

    fn last(&self) -> Option<Reading<T>> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
