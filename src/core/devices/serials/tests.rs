use super::*;

fn read(text: &str) -> Result<Vec<String>, String> {
    Serials::of_file(text.as_bytes())
        .map(|it| it.serial_numbers)
        .map_err(|it| it.to_string())
}

#[test]
fn lists_and_tables_of_every_program_are_read() {
    for text in [
        "C02AAA\nC02BBB\n",
        "C02AAA\nC02BBB",
        "C02AAA\r\nC02BBB\r\n",
        "C02AAA\rC02BBB\r",
        "\u{feff}C02AAA\nC02BBB\n",
        "  c02aaa \n\tC02bbb\n",
        "Serial Number\nC02AAA\nC02BBB\n",
        "\n\nserial_number\nC02AAA\nC02BBB\n",
        "\"Serial Number\"\n\"C02AAA\"\n\"C02BBB\"\n",
        "'C02AAA\n'C02BBB\n",
        "serial_number,model\nC02AAA,Mac\nC02BBB,iPad\n",
        "\u{feff}Model;Serial Number;Note\r\n\"Mac; 14\";C02AAA;x\r\nMac;c02bbb;y\r\n",
        "model\tSERIAL\nMac\tC02AAA\niPad\tC02BBB\n",
        "Device Serial,User\nC02AAA,a\nC02BBB,b\n",
        "serial number,user\n=\"C02AAA\",a\n\"=\"\"C02BBB\"\"\",b\n",
        "sep=;\nserialnumber;model\nC02AAA;Mac\nC02BBB;Mac\n",
        "sep=,\r\nserial,model\r\nC02AAA,Mac\r\nC02BBB,Mac\r\n",
        "serial,serial_number\n1,C02AAA\n2,C02BBB\n",
        "model,\"Serial,Number\"\nMac,C02AAA\n\"Mac \"\"mini\"\"\",'C02BBB\n",
        "serial_number,model\nC02AAA\nC02BBB,Mac,more\n",
        "serial_number,model\n\nC02AAA,Mac\n\nC02BBB,Mac\n",
        "serial_number,note\nC02AAA,\"two lines,\nwith 1, 2 and 12345678\"\nC02BBB,\"\n\"\n",
    ] {
        assert_eq!(
            read(text).as_deref(),
            Ok(&["C02AAA".to_owned(), "C02BBB".to_owned()][..]),
            "{text:?}"
        );
    }
}

#[test]
fn the_titles_of_other_languages_are_read() {
    for title in [
        "S/N",
        "Serial #",
        "Serial No.",
        "SERIENNUMMER",
        "Serien-Nr.",
        "Serienummer",
        "Numéro de série",
        "NUMÉRO DE SÉRIE",
        "Nume\u{301}ro de se\u{301}rie",
        "N° de série",
        "Nº de serie",
        "Número de serie",
        "Número de série",
        "Numero di serie",
        "Număr serial",
        "Numer seryjny",
        "Sériové číslo",
        "Sorozatszám",
        "Sarjanumero",
        "Seri Numarası",
        "SERİ NUMARASI",
        "Серийный номер",
        "Серійний номер",
        "序列号",
        "シリアル番号",
        "일련번호",
    ] {
        for text in [
            format!("{title}\nC02AAA\n"),
            format!("\u{feff}Raum;{title}\r\n1.07;C02AAA\r\n"),
        ] {
            assert_eq!(
                read(&text).as_deref(),
                Ok(&["C02AAA".to_owned()][..]),
                "{text:?}"
            );
        }
    }
}

#[test]
fn the_unicode_text_of_a_spreadsheet_is_read() {
    let text = "Model\tSerial Number\r\nMäc\tC02AAA\r\n";
    let little: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [&little, &big] {
        let serials = Serials::of_file(bytes).unwrap();
        assert_eq!(serials.serial_numbers, ["C02AAA"]);
    }
    assert_eq!(
        Serials::of_file(&little[..little.len() - 1]),
        Err(Unreadable::Binary)
    );
}

#[test]
fn blanks_and_duplicates_are_dropped_and_counted() {
    let serials = Serials::of_file(b"C02AAA\n\n  \nc02aaa\nC02BBB\nC02AAA\n").unwrap();
    assert_eq!(serials.serial_numbers, ["C02AAA", "C02BBB"]);
    assert_eq!((serials.blanks, serials.duplicates), (2, 2));
    assert_eq!(
        serials.dropped().as_deref(),
        Some("abmctl ignored 2 duplicate serial numbers and 2 blank lines.")
    );
    let csv = Serials::of_file(b"model,serial\nMac,A1\nMac,\n,\nMac,a1\nMac\n").unwrap();
    assert_eq!((csv.blanks, csv.without, csv.duplicates), (1, 2, 1));
    assert_eq!(
        csv.dropped().as_deref(),
        Some(
            "abmctl ignored 1 duplicate serial number, 1 blank line, and 2 rows without a serial number."
        )
    );
    let mut both = Serials::of_arguments(["a1", "B2", "b2"]).unwrap();
    assert_eq!((both.len(), both.duplicates), (2, 1));
    both.extend(csv);
    assert_eq!(both.serial_numbers, ["A1", "B2"]);
    assert_eq!((both.blanks, both.without, both.duplicates), (1, 2, 3));
    assert_eq!(Serials::of_file(b"A1\n").unwrap().dropped(), None);
}

#[test]
fn each_bad_file_has_a_sentence_of_its_own() {
    let long = "X".repeat(33);
    for (text, why) in [
        ("", "it is empty"),
        ("\u{feff}", "it is empty"),
        (" \n\n", "it is empty"),
        ("Serial Number\n", "it has no serial numbers"),
        ("serial,model\n,Mac\n", "it has no serial numbers"),
        (
            "PK\u{3}\u{4}x",
            "it is a spreadsheet, not text; save it as CSV",
        ),
        ("C02\0", "it isn't a text file"),
        (
            "serial_number,note\nC02AAA,\"spare\nC02BBB,repair\nC02CCC,x\n",
            "line 2 has a quotation mark that isn't closed, so the lines below it can't be read",
        ),
        (
            "serial_number,note\nC02AAA,x\nC02BBB1234,\"spare\nC02CCC1234,repair\nC02DDD1234,\"x\n",
            "line 3 has a quotation mark that isn't closed, so the lines below it can't be read",
        ),
        (
            "Serial;Serial\nC02AAA;C02BBB\n",
            "it has several columns with serial numbers: Serial, Serial. Keep one of them",
        ),
        (
            "name;model\nA;B\n",
            "it has no column with serial numbers, such as serial_number. Its columns are name, model",
        ),
        (
            "C02AAA,C02BBB\n",
            "it has no column with serial numbers, such as serial_number. Its columns are C02AAA, C02BBB",
        ),
        (
            "C02AAA\nMacBook Pro 14\n",
            "line 2 has \"MacBook Pro 14\", which isn't a serial number (it has spaces)",
        ),
        (
            "sep=;\nserial;m\nC02;x\n\n1.2E+11;x\n",
            "line 5 has \"1.2E+11\", which isn't a serial number (it has more than letters and digits)",
        ),
        (
            &long,
            &format!("line 1 has \"{long}\", which isn't a serial number (it is too long)"),
        ),
        (
            "../secret\n",
            "line 1 has \"../secret\", which isn't a serial number (it has more than letters and digits)",
        ),
    ] {
        assert_eq!(read(text), Err(why.to_owned()), "{text:?}");
    }
    for (bytes, why) in [
        (&b"C02AAA\nM\xe4c\n"[..], Unreadable::NotUtf8(2)),
        (b"\xff\xfe\x00\xd8", Unreadable::Binary),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", Unreadable::Spreadsheet),
        (b"\x89PNG\r\n\x1a\n", Unreadable::Binary),
    ] {
        assert_eq!(Serials::of_file(bytes), Err(why));
    }
    assert_eq!(
        Serials::of_arguments(["A1", ""]),
        Err((String::new(), "it is empty"))
    );
    assert_eq!(
        Serials::of_arguments(["A 1"]),
        Err(("A 1".to_owned(), "it has spaces"))
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_taken(bytes: Vec<u8>, text in r#"(\u{feff})?(sep=[;,]\n)?([a-zA-Z0-9 ;,\t"'=\r\n-]|serial){0,80}"#) {
        let _ = Serials::of_file(&bytes);
        if let Ok(serials) = Serials::of_file(text.as_bytes()) {
            for serial in &serials.serial_numbers {
                proptest::prop_assert!(no_serial(serial).is_none() && !serial.is_empty());
                proptest::prop_assert_eq!(&serial.to_ascii_uppercase(), serial);
            }
            let written = serials.serial_numbers.join("\r\n");
            let again = Serials::of_file(written.as_bytes());
            // A serial number that is a title at the beginning of a list is one.
            if !is_of_serials(&serials.serial_numbers[0]) {
                proptest::prop_assert_eq!(again.unwrap().serial_numbers, serials.serial_numbers);
            }
        }
    }
}
