//! The memory that rows cost: csv and ndjson are written as they become known.

use std::io;
use std::process::Command;

use abmctl::output::{Column, Format, Output, Row, Shown, Stream, column, more};
use serde::Serialize;

use super::measure::peak_memory;

/// A row like those of devices.
#[derive(Serialize)]
struct Device {
    serial_number: String,
    model: &'static str,
    status: &'static str,
    server_id: Option<String>,
    added_at: &'static str,
}

impl Row for Device {
    const COLUMNS: &'static [Column<Self>] = &[
        column("serial_number", "SERIAL", |it| it.serial_number.shown()),
        column("model", "MODEL", |it| it.model.shown()),
        column("status", "STATUS", |it| it.status.shown()),
        more("server_id", |it| it.server_id.shown()),
        more("added_at", |it| it.added_at.shown()),
    ];
}

/// Writes so many rows in a format, in the process that is measured.
pub fn write(format: &str, count: usize) {
    let mut output = Output::new(Box::new(io::sink()));
    output.format = match format {
        "csv" => Format::Csv,
        "ndjson" => Format::Ndjson,
        _ => Format::Json,
    };
    let mut rows = Stream::new(&output).unwrap();
    for index in 0..count {
        rows.push(Device {
            serial_number: format!("C02{index:09}"),
            model: "MacBook Pro (14-inch, M4, 2024)",
            status: "ASSIGNED",
            server_id: Some(format!("13A931BBAA615AE55A889218{:08X}", index % 4)),
            added_at: "2026-10-01T09:14:00Z",
        });
    }
    if let Some(document) = rows.finish().unwrap() {
        output.write(&document).unwrap();
    }
}

/// Prints the peak of memory for each format.
pub fn print() {
    println!("MEMORY OF ROWS");
    let this = std::env::current_exe().unwrap();
    for format in ["csv", "ndjson", "json"] {
        for count in ["0", "10000", "100000"] {
            let mut command = Command::new(&this);
            command.args(["rows", format, count]);
            println!(
                "{count:>7} rows as {format:<8} {:>8}",
                peak_memory(&command)
            );
        }
    }
    println!();
}
