//! Where profiles are embedded, every tile and every answer shows the colours that conversion shows.
use std::io::Cursor;

use acervo_pixels::color::{Color, ColorPolicy, Model};
use acervo_pixels::source::Limits;
use acervo_pixels::{
    Converted, Kept, KeptColors, Plan, build_pyramid, plan, profile_memory, render,
};
use iiif_spec::{ImageRequest, Rules, Version, evaluate};
use lcms2::{Intent, PixelFormat, Profile, Transform};
use moxcms::ColorProfile;
use tiff_pyramid::{LONGEST_PROFILE, Pyramid, ReadAt as _, Samples, TileAt};
use zune_jpeg::JpegDecoder;

use crate::color::{cmyk_profile, differences, lcms, rgb_profiles};
use crate::support::{Values, source, strips};

/// Two rows of two tiles, and levels of one.
const SIZE: (u32, u32) = (700, 530);

/// Smooth, so that JPEG keeps it, and unlike in every direction and colour.
fn pixels() -> Vec<u8> {
    let share = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap();
    let row = |y| {
        (0..SIZE.0).flat_map(move |x| {
            let (across, down) = (share(x, SIZE.0), share(y, SIZE.1));
            [across, down, 255 - across / 2 - down / 2]
        })
    };
    (0..SIZE.1).flat_map(row).collect()
}

/// A TIFF file of one strip, with a profile.
fn tiff(model: Model, profile: &[u8]) -> Vec<u8> {
    tiff_of(pixels(), model, profile)
}

fn tiff_of(colors: Vec<u8>, model: Model, profile: &[u8]) -> Vec<u8> {
    let (samples, photometric, data) = match model {
        Model::Gray => (1, 1, colors.chunks(3).map(|pixel| pixel[0]).collect()),
        Model::Rgb => (3, 2, colors),
        Model::Cmyk => {
            let inks = colors
                .chunks(3)
                .flat_map(|pixel| [pixel[0], pixel[1], 10, 0]);
            (4, 5, inks.collect())
        }
    };
    let tag = vec![(34_675, Values::Bytes(profile.to_vec()))];
    strips(
        SIZE,
        (samples, 8),
        photometric,
        (1, SIZE.1),
        vec![data],
        tag,
    )
    .write()
}

struct Made {
    file: Vec<u8>,
    pyramid: Pyramid,
    colors: KeptColors,
}

impl Made {
    fn of(file: &[u8], policy: ColorPolicy) -> Self {
        let mut rows = source(file)
            .unwrap()
            .rows(0, &Limits::default(), policy)
            .unwrap();
        let built = build_pyramid(rows.as_mut(), Cursor::new(Vec::new())).unwrap();
        assert!(matches!(built.kept, Kept::Recoded(_)));
        let file = built.out.into_inner();
        let pyramid = Pyramid::open(file.as_slice(), file.len() as u64).unwrap();
        let words = format!("recoded-format {}", built.colors.word());
        assert_eq!(pyramid.description(), words);
        Self {
            file,
            pyramid,
            colors: built.colors,
        }
    }

    fn profile(&self) -> Option<Vec<u8>> {
        let span = self.pyramid.profile()?;
        let mut profile = vec![0; span.length as usize];
        self.file
            .as_slice()
            .read_exact_at(&mut profile, span.offset)
            .unwrap();
        Some(profile)
    }

    /// The tiles of all levels.
    fn tiles(&self) -> Vec<(TileAt, &[u8])> {
        let levels = self.pyramid.layout().levels().iter().enumerate();
        let places = levels.flat_map(|(level, size)| {
            let places =
                (0..size.rows()).flat_map(|row| (0..size.columns()).map(move |c| (c, row)));
            places.map(move |(column, row)| TileAt { level, column, row })
        });
        let tile = |at: TileAt| {
            let span = self.pyramid.tile(at).unwrap();
            let start = usize::try_from(span.offset).unwrap();
            (at, &self.file[start..start + span.length as usize])
        };
        places.map(tile).collect()
    }

    fn answer(&self, path: &str) -> Vec<u8> {
        let [region, size, rotation, rest] =
            path.split('/').collect::<Vec<_>>().try_into().unwrap();
        let request = ImageRequest::parse(Version::V3, region, size, rotation, rest).unwrap();
        let source = iiif_spec::Source {
            width: SIZE.0,
            height: SIZE.1,
            gray: self.pyramid.samples() == Samples::Gray,
        };
        let asked = evaluate(&request, &source, &Rules::default()).unwrap();
        match plan(&asked, self.pyramid.layout(), self.pyramid.samples()) {
            Plan::Render(recipe) => render(&recipe, &self.pyramid, self.file.as_slice()).unwrap(),
            Plan::Stored(at) => panic!("{path} is stored: {at:?}"),
        }
    }
}

/// The profile that a stream of JPEG carries behind its segment of JFIF, which must be the first.
fn jpeg_profile(stream: &[u8]) -> Option<Vec<u8>> {
    assert_eq!(stream[..4], [0xff, 0xd8, 0xff, 0xe0]);
    assert_eq!(stream[6..11], *b"JFIF\0");
    let decoder = jpeg_blocks::Decoder::new(stream, &jpeg_blocks::Limits::default()).unwrap();
    let profile = decoder.header().profile.clone();
    assert_eq!(
        stream[20..22] == [0xff, 0xe2],
        profile.is_some(),
        "it follows"
    );
    profile
}

fn decoded(stream: &[u8]) -> Vec<u8> {
    JpegDecoder::new(Cursor::new(stream)).decode().unwrap()
}

/// The colours that `profile` gives to `pixels`, as Little CMS shows them in sRGB.
fn shown(profile: &[u8], pixels: &[u8]) -> Vec<u8> {
    let transform = Transform::new(
        &lcms(profile),
        PixelFormat::RGB_8,
        &Profile::new_srgb(),
        PixelFormat::RGB_8,
        Intent::RelativeColorimetric,
    )
    .unwrap();
    let mut shown = vec![[0; 3]; pixels.len() / 3];
    transform.transform_pixels(pixels.as_chunks::<3>().0, &mut shown);
    shown.concat()
}

#[test]
fn every_tile_of_every_level_has_the_profile_and_shows_the_same_colours_as_one_that_was_converted()
{
    for (name, profile) in rgb_profiles() {
        let file = tiff(Model::Rgb, &profile);
        let embedded = Made::of(&file, ColorPolicy::Embed);
        let converted = Made::of(&file, ColorPolicy::ToSrgb);
        assert_eq!(embedded.colors.profile(), Some(profile.as_slice()));
        assert_eq!(embedded.profile().as_ref(), Some(&profile), "{name}");
        assert_eq!(converted.profile(), None);
        let (mut all, mut worst) = (0.0, 0.0_f64);
        let tiles = embedded.tiles();
        assert_eq!(tiles.len(), 7, "four tiles, and three levels of one");
        for ((at, one), (_, other)) in tiles.iter().zip(converted.tiles()) {
            assert_eq!(jpeg_profile(one).as_ref(), Some(&profile), "{name} {at:?}");
            assert_eq!(jpeg_profile(other), None);
            let (mean, _) = differences(&shown(&profile, &decoded(one)), &decoded(other));
            assert!(mean < 1.0, "{name} {at:?}: mean {mean:.3}");
            all += mean / tiles.len() as f64;
            worst = worst.max(mean);
        }
        println!(
            "{name}, {} bytes: mean {all:.3}, worst tile {worst:.3}",
            profile.len()
        );
    }
}

#[test]
fn the_padded_tiles_that_other_readers_see_have_the_profile_too() {
    let (_, profile) = rgb_profiles().remove(0);
    let made = Made::of(&tiff(Model::Rgb, &profile), ColorPolicy::Embed);
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&made.file)).unwrap();
    for level in 0..made.pyramid.layout().levels().len() {
        decoder.seek_to_image(level).unwrap();
        let tag = decoder.get_tag_u8_vec(tiff::tags::Tag::IccProfile).unwrap();
        assert_eq!(tag, profile, "level {level}");
        let offsets = decoder
            .get_tag_u64_vec(tiff::tags::Tag::TileOffsets)
            .unwrap();
        for offset in offsets {
            let tile = &made.file[usize::try_from(offset).unwrap()..];
            assert_eq!(jpeg_profile(tile).as_ref(), Some(&profile), "level {level}");
        }
    }
}

/// The same profile in so many bytes.
fn lengthened(mut profile: Vec<u8>, length: u32) -> Vec<u8> {
    profile.resize(length as usize, 0);
    profile[..4].copy_from_slice(&length.to_be_bytes());
    profile
}

#[test]
fn what_cannot_be_embedded_is_converted_and_it_is_said_why() {
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let longest = lengthened(adobe.clone(), LONGEST_PROFILE);
    let longer = lengthened(adobe.clone(), LONGEST_PROFILE + 1);
    let embedded = |profile: &Vec<u8>| KeptColors::Embedded(profile.as_slice().into());
    for (model, profile, expected) in [
        (Model::Rgb, &adobe, embedded(&adobe)),
        (Model::Rgb, &longest, embedded(&longest)),
        (Model::Gray, &grey, embedded(&grey)),
        (
            Model::Rgb,
            &longer,
            KeptColors::Converted(Converted::LongProfile),
        ),
        (Model::Gray, &adobe, KeptColors::Converted(Converted::Greys)),
        (
            Model::Cmyk,
            &cmyk_profile(),
            KeptColors::Converted(Converted::Inks),
        ),
        (
            Model::Cmyk,
            &Vec::new(),
            KeptColors::Converted(Converted::Inks),
        ),
        (Model::Rgb, &srgb, KeptColors::Plain),
        (Model::Rgb, &Vec::new(), KeptColors::Plain),
        (Model::Gray, &cmyk_profile(), KeptColors::Plain),
    ] {
        let other = Color::new(model, Some(profile), ColorPolicy::ToSrgb);
        let color = Color::new(model, Some(profile), ColorPolicy::Embed);
        let what = format!("{model:?} {} bytes", profile.len());
        assert_eq!(*color.kept(), expected, "{what}");
        // The policy matters to what can be embedded, and to nothing else.
        let is_embedded = expected.profile().is_some();
        assert_eq!(color.kept() != other.kept(), is_embedded, "{what}");
        for (kept, policy, same) in [
            (color.kept(), ColorPolicy::Embed, true),
            (other.kept(), ColorPolicy::ToSrgb, true),
            (color.kept(), ColorPolicy::ToSrgb, !is_embedded),
            (other.kept(), ColorPolicy::Embed, !is_embedded),
        ] {
            assert_eq!(
                KeptColors::is_of(kept.word(), policy),
                same,
                "{what}: {policy:?}"
            );
        }
        if is_embedded {
            let made = Made::of(&tiff(model, profile), ColorPolicy::Embed);
            for (at, tile) in made.tiles() {
                assert_eq!(jpeg_profile(tile).as_ref(), Some(profile), "{what} {at:?}");
            }
        }
    }
}

/// The profile that an answer carries.
fn carried(file: &[u8], format: &str) -> Option<Vec<u8>> {
    match format {
        "jpg" => jpeg_profile(file),
        "png" => {
            let reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
            reader
                .info()
                .icc_profile
                .as_ref()
                .map(|profile| profile.to_vec())
        }
        "webp" => {
            let mut decoder = image_webp::WebPDecoder::new(Cursor::new(file)).unwrap();
            let (width, height) = decoder.dimensions();
            let channels = if decoder.has_alpha() { 4 } else { 3 };
            let mut pixels = vec![0; width as usize * height as usize * channels];
            decoder.read_image(&mut pixels).unwrap();
            assert!(
                webp::Decoder::new(file).decode().is_some(),
                "libwebp reads it"
            );
            decoder.icc_profile().unwrap()
        }
        "tif" => {
            let mut decoder = tiff::decoder::Decoder::new(Cursor::new(file)).unwrap();
            assert!(decoder.read_image().is_ok());
            decoder.get_tag_u8_vec(tiff::tags::Tag::IccProfile).ok()
        }
        _ => {
            let decoder = gif::DecodeOptions::new().read_info(file).unwrap();
            decoder.icc_profile().map(<[u8]>::to_vec)
        }
    }
}

#[test]
fn answers_carry_the_profile_where_their_format_and_quality_can() {
    let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
    // Of an odd length, which WebP fills up.
    let adobe = lengthened(adobe.clone(), u32::try_from(adobe.len()).unwrap() | 1);
    let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let in_color = Made::of(&tiff(Model::Rgb, &adobe), ColorPolicy::Embed);
    let in_grey = Made::of(&tiff(Model::Gray, &grey), ColorPolicy::Embed);
    assert!(profile_memory(&in_color.pyramid) > 0);
    let colored = ["jpg", "png", "webp", "tif"];
    let grey_too = ["jpg", "png", "tif"];
    for (made, profile, quality, formats) in [
        (&in_color, &adobe, "0/default", &colored[..]),
        (&in_color, &adobe, "30/color", &colored[..]),
        (&in_color, &adobe, "0/gray", &[][..]),
        (&in_color, &adobe, "0/bitonal", &[][..]),
        (&in_grey, &grey, "0/default", &grey_too[..]),
        (&in_grey, &grey, "30/gray", &grey_too[..]),
        (&in_grey, &grey, "90/bitonal", &[][..]),
    ] {
        for format in ["jpg", "png", "webp", "tif", "gif"] {
            let path = format!("full/301,/{quality}.{format}");
            let expected = formats.contains(&format).then_some(profile);
            let answer = made.answer(&path);
            assert_eq!(carried(&answer, format).as_ref(), expected, "{path}");
        }
    }
}

/// A PNG as RGB.
fn from_png(file: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut data).unwrap();
    match frame.color_type {
        png::ColorType::Rgb => data,
        _ => data.into_iter().flat_map(|grey| [grey; 3]).collect(),
    }
}

#[test]
fn answers_show_the_same_colours_whether_they_carry_a_profile_or_not() {
    let grey = ColorProfile::new_gray_with_gamma(1.4).encode().unwrap();
    let mut profiles = rgb_profiles();
    profiles.push(("grey", grey));
    for (name, profile) in profiles {
        let model = if name == "grey" {
            Model::Gray
        } else {
            Model::Rgb
        };
        // Grey of colours is their luma, which depends on the primaries; of greys it does not.
        let greys = pixels().chunks(3).flat_map(|pixel| [pixel[0]; 3]).collect();
        let [colored, neutral] = [pixels(), greys].map(|pixels| {
            let file = tiff_of(pixels, model, &profile);
            [ColorPolicy::Embed, ColorPolicy::ToSrgb].map(|policy| Made::of(&file, policy))
        });
        for (path, most, made) in [
            ("full/301,/0/default.png", 1.0, &colored),
            ("full/301,/0/gray.png", 1.0, &neutral),
            ("full/301,/0/default.gif", 1.0, &colored),
        ] {
            let both: [Vec<u8>; 2] = made.each_ref().map(|made| {
                let answer = made.answer(path);
                if path.ends_with("gif") {
                    let mut options = gif::DecodeOptions::new();
                    options.set_color_output(gif::ColorOutput::RGBA);
                    let mut decoder = options.read_info(answer.as_slice()).unwrap();
                    let frame = decoder.read_next_frame().unwrap().unwrap();
                    // Palettes differ; the colours of all pixels together do not.
                    let sum = |at| {
                        frame
                            .buffer
                            .iter()
                            .skip(at)
                            .step_by(4)
                            .map(|v| u64::from(*v))
                            .sum::<u64>()
                    };
                    let count = frame.buffer.len() as u64 / 4;
                    return [0, 1, 2]
                        .map(|at| u8::try_from(sum(at) / count).unwrap())
                        .to_vec();
                }
                let pixels = from_png(&answer);
                match carried(&answer, "png") {
                    Some(profile) if model == Model::Rgb => shown(&profile, &pixels),
                    Some(profile) => {
                        let color = Color::new(Model::Gray, Some(&profile), ColorPolicy::ToSrgb);
                        let greys: Vec<u8> = pixels.chunks(3).map(|pixel| pixel[0]).collect();
                        let mut shown = vec![0; greys.len()];
                        color.bytes(&greys, &mut shown);
                        shown.into_iter().flat_map(|grey| [grey; 3]).collect()
                    }
                    None => pixels,
                }
            });
            let (mean, worst) = differences(&both[0], &both[1]);
            println!("{name} {path}: mean {mean:.3}, most {worst:.3}");
            assert!(
                mean < most,
                "{name} {path}: mean {mean:.3}, most {worst:.3}"
            );
        }
    }
}
