using Switchboard.Tests.Unit.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Tests.Unit.Sms.Speech;

public sealed class AudioFormatsTests : Scratch
{
    [Fact]
    public async Task What_speech_takes_is_described_as_it_wants_it()
    {
        (await OfAsync(Bytes.Amr(1), "audio/amr")).ShouldBe(new("AMR", 8_000));
        (await OfAsync(Bytes.Of("#!AMR-WB\n"), "audio/amr-wb")).ShouldBe(new("AMR_WB", 16_000));
        (await OfAsync(Bytes.Of("fLaC"), "audio/flac")).ShouldBe(new("FLAC"));
        (await OfAsync(Bytes.Wav(16_000, 1, 16, 1, 100), "audio/wav")).ShouldBe(new("LINEAR16", 16_000));
        (await OfAsync(Bytes.Wav(44_100, 2, 16, 1, 100), "audio/wav")).ShouldBe(new("LINEAR16", 44_100, 2));
        (await OfAsync(Bytes.Wav(8_000, 1, 8, 7, 100), "audio/wav")).ShouldBe(new("MULAW", 8_000));
        (await OfAsync(Bytes.OggOpus(16_000, 0, 100), "audio/ogg")).ShouldBe(new("OGG_OPUS", 16_000));
        (await OfAsync(Bytes.OggOpus(44_100, 0, 100), "audio/ogg")).ShouldBe(new("OGG_OPUS", 48_000));
        (await OfAsync(Bytes.Mp3(2), "audio/mpeg")).ShouldBe(new("MP3", 44_100));
        (await OfAsync(Bytes.Of("ID3", new byte[] { 3, 0, 0, 0, 0, 0x7F, 0 }, new byte[127 << 7], Bytes.Mp3(2)), "audio/mpeg")).ShouldBe(new("MP3", 44_100));
        (await OfAsync(Bytes.Of("....A_OPUS"), "audio/webm")).ShouldBe(new("WEBM_OPUS", 48_000));
    }

    [Fact]
    public async Task What_it_does_not_take_has_no_format()
    {
        (await OfAsync(Bytes.Mp4("M4A ", 1, 1), "audio/mp4")).ShouldBeNull();
        (await OfAsync(Bytes.Mp4("3gp4", 1, 1), "audio/3gpp")).ShouldBeNull();
        (await OfAsync(Bytes.Wav(8_000, 1, 8, 1, 100), "audio/wav")).ShouldBeNull();
        (await OfAsync(Bytes.Wav(8_000, 1, 32, 3, 100), "audio/wav")).ShouldBeNull();
        (await OfAsync(Bytes.Of("\x01vorbis", new byte[20]), "audio/ogg")).ShouldBeNull();
        (await OfAsync(Bytes.Of("A_VORBIS"), "audio/webm")).ShouldBeNull();
        (await OfAsync([], "audio/wav")).ShouldBeNull();
    }

    private async Task<AudioFormat?> OfAsync(byte[] content, string type)
    {
        await using var file = Open(content);
        return await AudioFormats.OfAsync(file, type, default);
    }
}
