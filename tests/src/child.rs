//! A program beside the test: started in a group of its own, so that it and whatever it started are gone when the test is.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child as Process, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::patience::PATIENCE;

/// A running program and what it has said.
pub struct Child {
    process: Process,
    said: Arc<Mutex<String>>,
    lines: mpsc::Receiver<String>,
    ended: bool,
}

impl Child {
    /// Starts it; standard input is closed, both outputs are read as they come.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let said = Arc::new(Mutex::new(String::new()));
        let (send, lines) = mpsc::channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            process.stdout.take().map(|o| Box::new(o) as _),
            process.stderr.take().map(|o| Box::new(o) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let (said, send) = (said.clone(), send.clone());
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let mut said = said.lock().expect("nobody panics here");
                    said.push_str(&line);
                    said.push('\n');
                    drop(said);
                    let _ = send.send(line);
                }
            });
        }
        Self {
            process,
            said,
            lines,
            ended: false,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Everything it has said so far, both outputs.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panics here").clone()
    }

    /// Waits for a line that gives an answer.
    #[track_caller]
    pub fn line<T>(&self, what: &str, mut find: impl FnMut(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    if let Some(found) = find(&line) {
                        return found;
                    }
                }
                Err(why) => panic!("no line with {what} came ({why}). It said:\n{}", self.said()),
            }
        }
    }

    /// Sends a signal to it alone, not to its children.
    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.process.id()).expect("a process id")).expect("a process id");
        rustix::process::kill_process(id, signal).expect("it runs");
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.process.try_wait().expect("it is ours");
        self.ended |= status.is_some();
        status
    }

    /// Waits for its end, at most so long.
    #[track_caller]
    pub fn end(&mut self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "it did not end within {within:?}. It said:\n{}",
                self.said()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.process.wait();
    }
}
