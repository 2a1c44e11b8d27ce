using System.Buffers.Binary;
using System.Text;

namespace Switchboard.Tests.Simulator.Twilio;

public sealed class MediaFormatTests
{
    [Theory]
    [InlineData("image/png", "89504E470D0A1A0A", 0)]
    [InlineData("image/jpeg", "FFD8FF", 0)]
    [InlineData("image/gif", "474946383961", 0)]
    [InlineData("image/webp", "57454250", 8)]
    [InlineData("video/mp4", "66747970", 4)]
    [InlineData("video/3gpp", "66747970336770", 4)]
    [InlineData("application/pdf", "255044462D", 0)]
    [InlineData("text/vcard", "424547494E3A5643415244", 0)]
    [InlineData("audio/wav", "57415645", 8)]
    [InlineData("audio/amr", "2321414D520A", 0)]
    [InlineData("audio/ogg", "4F676753", 0)]
    [InlineData("audio/mpeg", "494433", 0)]
    [InlineData("audio/flac", "664C6143", 0)]
    [InlineData("text/plain; charset=utf-8", "48656C6C6F", 0)]
    [InlineData("application/x-unknown", "", 0)]
    public async Task A_file_has_its_first_bytes_and_its_size(string contentType, string magic, int at)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        foreach (var size in new[] { 5, 997, 65_537 + 200, 1_000_001, 5_000_000 })
        {
            var bytes = await twilio.FetchAsync(new { contentType, sizeBytes = size, seconds = 20, says = "Hello, this is Ann." });

            bytes.Length.ShouldBe(size);
            if (size > 100)
                Convert.ToHexString(bytes.AsSpan(at)).ShouldStartWith(magic);
        }
    }

    [Theory]
    [InlineData(500_000, 5)]
    [InlineData(20_044, 4)]
    [InlineData(5_000_000, 20)]
    [InlineData(200_001, 61.5)]
    public async Task A_WAV_file_lasts_as_long_as_its_head_says(int sizeBytes, double seconds)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var wav = await twilio.FetchAsync(new { contentType = "audio/wav", sizeBytes, seconds, says = "Hello" });

        wav.Length.ShouldBe(sizeBytes);
        BinaryPrimitives.ReadUInt32LittleEndian(wav.AsSpan(4)).ShouldBe((uint)sizeBytes - 8);
        var (bytesPerSecond, data) = (BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(28)), BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        (data / (double)bytesPerSecond).ShouldBe(seconds, 0.01);
        data.ShouldBeLessThanOrEqualTo(sizeBytes - 44);
    }

    [Theory]
    [InlineData(null, 3.0, 4806, 150)]
    [InlineData(2000, 3.0, 2000, 150)]
    [InlineData(20_000, 61.0, 20_000, 3050)]
    [InlineData(16_006, null, 16_006, 500)]
    public async Task An_AMR_file_is_whole_frames_of_20_ms(int? sizeBytes, double? seconds, int size, int frames)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var amr = await twilio.FetchAsync(new { contentType = "audio/amr", sizeBytes, seconds, says = "Hello, this is Ann." });

        // sizes of frames with their heads: RFC 4867
        int[] sizes = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
        var count = 0;
        var at = 6;
        for (; at < amr.Length; count++)
            at += sizes[(amr[at] >> 3) & 15];
        amr.Length.ShouldBe(size);
        at.ShouldBe(size);
        count.ShouldBeInRange(frames, frames + 4);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(5_000_000, 30)]
    [InlineData(123_457, 59.5)]
    [InlineData(30_000, 600)]
    public async Task An_Ogg_file_is_whole_pages_and_the_last_says_how_long_it_lasts(int? sizeBytes, double seconds)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var ogg = await twilio.FetchAsync(new { contentType = "audio/ogg", sizeBytes, seconds, says = "Hello" });

        var (at, granule, sequence) = (0, 0L, 0);
        while (at + 27 <= ogg.Length && Encoding.ASCII.GetString(ogg, at, 4) == "OggS")
        {
            granule = BinaryPrimitives.ReadInt64LittleEndian(ogg.AsSpan(at + 6));
            BinaryPrimitives.ReadInt32LittleEndian(ogg.AsSpan(at + 18)).ShouldBe(sequence++);
            at += 27 + ogg[at + 26] + ogg.AsSpan(at + 27, ogg[at + 26]).ToArray().Sum(length => length);
        }

        at.ShouldBeInRange(ogg.Length - 1, ogg.Length);
        granule.ShouldBe((long)(seconds * 48_000));
        Encoding.ASCII.GetString(ogg, 28, 8).ShouldBe("OpusHead");
    }

    [Theory]
    [InlineData(null, 3.0)]
    [InlineData(5_000_000, 30.0)]
    [InlineData(200_000, 60.0)]
    public async Task An_MP3_file_is_a_tag_and_whole_frames_of_24_ms(int? sizeBytes, double seconds)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var mp3 = await twilio.FetchAsync(new { contentType = "audio/mpeg", sizeBytes, seconds, says = "Hello" });

        var at = 10 + (mp3[6] << 21) + (mp3[7] << 14) + (mp3[8] << 7) + mp3[9];
        int[] mpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        int[] mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        var frames = 0;
        for (; at < mp3.Length; frames++)
        {
            mp3[at].ShouldBe((byte)0xFF);
            var isFirst = (mp3[at + 1] & 8) != 0;
            at += (isFirst ? mpeg1 : mpeg2)[mp3[at + 2] >> 4] * (isFirst ? 144_000 : 72_000) / (isFirst ? 48_000 : 24_000);
        }

        at.ShouldBe(mp3.Length);
        frames.ShouldBe((int)Math.Round(seconds / 0.024));
    }
}
