using System.Text;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class ContentSnifferTests : Scratch
{
    public static TheoryData<string, string?> Beginnings { get; } = new()
    {
        { "\xFF\xD8\xFF\xE0\0\x10JFIF\0", "image/jpeg" },
        { "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "image/png" },
        { "GIF89a\x01\0\x01\0", "image/gif" },
        { "RIFF\x24\0\0\0WEBPVP8 ", "image/webp" },
        { "RIFF\x24\0\0\0WAVEfmt ", "audio/wav" },
        { "RIFF\x24\0\0\0AVI LIST", null },
        { "BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp" },
        { "II*\0\x08\0\0\0", "image/tiff" },
        { "MM\0*\0\0\0\x08", "image/tiff" },
        { "\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "image/heic" },
        { "\0\0\0\u0018ftypmif1\0\0\0\0mif1heic", "image/heic" },
        { "\0\0\0\u0014ftypmif1\0\0\0\0mif1", "image/heif" },
        { "\0\0\0\u0018ftypavif\0\0\0\0mif1miaf", "image/avif" },
        { "\0\0\0\u0018ftypisom\0\0\x02\0isomavc1", "video/mp4" },
        { "\0\0\0\u0018ftypM4A \0\0\0\0M4A isom", "audio/mp4" },
        { "\0\0\0\u0018ftyp3gp4\0\0\0\0isom3gp4", "video/3gpp" },
        { "\0\0\0\u0014ftyp3g2a\0\0\0\0", "video/3gpp2" },
        { "\0\0\0\u0014ftypqt  \0\0\0\0qt  ", "video/quicktime" },
        { "\0\0\0\u0014ftypwhat\0\0\0\0what", "video/mp4" },
        { "ID3\x03\0\0\0\0\0\x0A", "audio/mpeg" },
        { "\xFF\xF1\x50\x80\x02\x1F\xFC", "audio/aac" },
        { "OggS\0\x02\0\0\0\0", "audio/ogg" },
        { "fLaC\0\0\0\x22", "audio/flac" },
        { "#!AMR\n\x3C", "audio/amr" },
        { "#!AMR-WB\n\x44", "audio/amr-wb" },
        { "\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", "video/webm" },
        { "\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", "video/x-matroska" },
        { "%PDF-1.7\n%\xE2\xE3", "application/pdf" },
        { "PK\x03\x04\x14\0\0\0a.txt", "application/zip" },
        { "PK\x03\x04\x14\0\x06\0[Content_Types].xmlPK\x03\x04word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "PK\x03\x04\x14\0\x06\0META-INF/MANIFEST.MF", Programs.Archive },
        { "MZ\x90\0\x03\0\0\0", Programs.Windows },
        { "\x7F" + "ELF\x02\x01\x01\0", Programs.Unix },
        { "#!/bin/sh\nrm -rf /\n", Programs.Script },
        { "#! /usr/bin/env python\n", Programs.Script },
        { "BEGIN:VCARD\r\nVERSION:3.0\r\n", "text/vcard" },
        { "BEGIN:VCALENDAR\r\n", "text/calendar" },
        { "{\\rtf1\\ansi", "application/rtf" },
        { "Hello", "text/plain" },
        { "MZ is a licence plate, BM a file", "text/plain" },
        { "ID3 tags are old", "text/plain" },
        { "3 < 4, and <angle> brackets", "text/plain" },
        { "<!DOCTYPE html><html>", Programs.Html },
        { "\n  <script>alert(1)</script>", Programs.Html },
        { "<!-- --><p>", Programs.Html },
        { "\xEF\xBB\xBF<HTML>", Programs.Html },
        { "<svg xmlns='http://www.w3.org/2000/svg'>", Programs.Svg },
        { "<?xml version='1.0'?><svg>", Programs.Svg },
        { "<?xml version='1.0'?><note/>", Programs.Xml },
        { "caf\xE9 in Latin-1", null },
        { "a\0b", null },
        { "\x01\x02\x03\xFF\xFE", null },
        { "", null },
    };

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task A_file_is_what_its_bytes_are(string beginning, string? type) =>
        (await DetectAsync(Encoding.Latin1.GetBytes(beginning))).ShouldBe(type);

    [Fact]
    public async Task Frames_of_mp3_are_known_without_a_tag() => (await DetectAsync(Bytes.Mp3(3))).ShouldBe("audio/mpeg");

    [Theory]
    [InlineData("Grüße, 世界 🎉 ")]
    [InlineData("ab🎉")]
    [InlineData("a世")]
    public async Task Text_is_read_to_its_end_whatever_character_lies_on_the_edge_of_a_buffer(string piece)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 30_000)));

        (await DetectAsync(text)).ShouldBe("text/plain");
        (await DetectAsync([.. text, 0])).ShouldBeNull();
        (await DetectAsync(text[..^1])).ShouldBe(piece.EndsWith(' ') ? "text/plain" : null);
        (await DetectAsync([.. text, 0xC3, (byte)'x'])).ShouldBeNull();
    }

    private async Task<string?> DetectAsync(byte[] content)
    {
        await using var file = Open(content);
        return await ContentSniffer.DetectAsync(file, default);
    }
}
