using Switchboard.Tests.Unit.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Tests.Unit.Sms.Speech;

public sealed class AudioDurationTests : Scratch
{
    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-1)]
    public Task Wav_plays_its_data_at_its_rate_also_where_it_does_not_say_how_much_there_is(int? saidLength) =>
        LastsAsync(Bytes.Wav(8_000, 1, 16, 1, 40_000, saidLength), "audio/wav", 2.5);

    [Fact]
    public Task Amr_plays_20_ms_a_frame() => LastsAsync(Bytes.Amr(2_000), "audio/amr", 40);

    [Fact]
    public Task Amr_wb_has_frames_of_other_sizes() => LastsAsync(
        Bytes.Of("#!AMR-WB\n", new byte[] { 0x44 }, new byte[60], new byte[] { 0x4C }, new byte[5]), "audio/amr-wb", 0.04);

    [Fact]
    public Task Amr_with_a_frame_that_there_is_not_is_of_no_known_length() =>
        LastsAsync(Bytes.Of("#!AMR\n", new byte[] { 0x5C }, new byte[60]), "audio/amr", null);

    [Fact]
    public Task Opus_plays_to_the_position_of_its_last_page_without_what_is_skipped() =>
        LastsAsync(Bytes.OggOpus(16_000, 312, (48_000 * 75) + 312), "audio/ogg", 75);

    [Fact]
    public Task Vorbis_counts_by_its_own_rate() => LastsAsync(
        Bytes.Of(
            Bytes.Page(0, Bytes.Of("\x01vorbis", Bytes.Little(0), new byte[] { 2 }, Bytes.Little(44_100), new byte[14])),
            Bytes.Page(44_100 * 12, new byte[50])),
        "audio/ogg",
        12);

    [Fact]
    public Task Mp3_of_constant_rate_plays_its_bytes_at_that_rate() => LastsAsync(Bytes.Mp3(1_000), "audio/mpeg", 417_000 * 8 / 128_000.0);

    [Fact]
    public Task Mp3_of_variable_rate_says_how_many_frames_it_has() =>
        LastsAsync(Bytes.Mp3(2, Bytes.Of("Xing", 1, 3_000)), "audio/mpeg", 3_000 * 1152 / 44_100.0);

    [Fact]
    public Task What_is_in_a_tag_before_mp3_does_not_count() => LastsAsync(
        Bytes.Of("ID3", new byte[] { 3, 0, 0, 0, 0, 0x7F, 0x7F }, new byte[16_383], Bytes.Mp3(100)), "audio/mpeg", 100 * 417 * 8 / 128_000.0);

    [Fact]
    public Task Flac_says_its_samples() => LastsAsync(
        // 16,000 Hz, 1 channel, 16 bits, 480,000 samples
        Bytes.Of("fLaC", new byte[] { 0, 0, 0, 34 }, new byte[10], new byte[] { 0x03, 0xE8, 0x00, 0xF0, 0, 0x07, 0x53, 0x00 }, new byte[16]),
        "audio/flac",
        30);

    [Theory]
    [InlineData("M4A ", "audio/mp4")]
    [InlineData("3gp4", "audio/3gpp")]
    public Task Mp4_says_it_in_its_movie_header(string brand, string type) => LastsAsync(Bytes.Mp4(brand, 1_000, 61_500), type, 61.5);

    [Theory]
    [InlineData("audio/mp4")]
    [InlineData("audio/mpeg")]
    [InlineData("audio/wav")]
    [InlineData("audio/flac")]
    [InlineData("audio/ogg")]
    [InlineData("audio/webm")]
    public async Task Of_other_bytes_the_length_is_not_known(string type)
    {
        await LastsAsync([], type, null);
        await LastsAsync(new byte[5_000], type, null);
        await LastsAsync([.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7 % 251))], type, null);
    }

    [Fact]
    public async Task A_box_that_is_larger_than_the_file_ends_the_search()
    {
        var file = Bytes.Mp4("M4A ", 1_000, 61_500);
        await LastsAsync(file[..60], "audio/mp4", null);
        file[3] = 0;
        await LastsAsync(file, "audio/mp4", null);
    }

    private async Task LastsAsync(byte[] content, string type, double? seconds, double tolerance = 0.001)
    {
        await using var file = Open(content);
        var duration = await AudioDuration.OfAsync(file, type, default);
        if (seconds is { } expected)
            duration.ShouldNotBeNull().TotalSeconds.ShouldBe(expected, tolerance);
        else
            duration.ShouldBeNull();
    }
}
