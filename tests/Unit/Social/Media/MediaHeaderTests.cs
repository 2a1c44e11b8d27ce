using FsCheck.Fluent;
using Switchboard.Core.Social.Media;
using Switchboard.Tests.Fixtures;
using Switchboard.Tests.Fixtures.Fuzz;

namespace Switchboard.Tests.Unit.Social.Media;

/// <summary>What files are by their bytes, and that nobody can make the reading of one endless or fail in another way than by a reason.</summary>
public sealed class MediaHeaderTests
{
    private const int Each = 2_000;

    private static readonly byte[][] Samples =
    [
        SampleMedia.Png(640, 480), SampleMedia.Gif(640, 480), SampleMedia.Jpeg(640, 480), SampleMedia.WebP("VP8X", 640, 480),
        SampleMedia.WebP("VP8L", 640, 480), SampleMedia.WebP("VP8 ", 640, 480), SampleMedia.Video("isom", 640, 480, 1_500),
        SampleMedia.Video("qt  ", 640, 480, 1_500, isLong: true),
    ];

    public static TheoryData<byte[], string, int?> Files => new()
    {
        { SampleMedia.Png(640, 480), "image/png", null },
        { SampleMedia.Gif(640, 480), "image/gif", null },
        { SampleMedia.Jpeg(640, 480), "image/jpeg", null },
        { SampleMedia.WebP("VP8X", 640, 480), "image/webp", null },
        { SampleMedia.WebP("VP8L", 640, 480), "image/webp", null },
        { SampleMedia.WebP("VP8 ", 640, 480), "image/webp", null },
        { SampleMedia.Video("isom", 640, 480, 1_500), "video/mp4", 1_500 },
        { SampleMedia.Video("mp42", 640, 480, 1_500, isLong: true), "video/mp4", 1_500 },
        { SampleMedia.Video("qt  ", 640, 480, 61_000), "video/quicktime", 61_000 },
        // filmed upright: stored on its side
        { SampleMedia.Video("isom", 480, 640, 1_500, isOnItsSide: true), "video/mp4", 1_500 },
        { SampleMedia.Video("isom", 640, 480, uint.MaxValue), "video/mp4", null },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_is_what_its_bytes_say(byte[] file, string type, int? milliseconds) =>
        (await ReadAsync(file)).ShouldBe(new(type, 640, 480, milliseconds is null ? null : TimeSpan.FromMilliseconds(milliseconds.Value)));

    public static TheoryData<byte[], string> Refused => new()
    {
        { "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), "none of JPEG" },
        { "%PDF-1.7"u8.ToArray(), "none of JPEG" },
        { [], "none of JPEG" },
        { SampleMedia.Video("heic", 640, 480, 0), "heic" },
        { SampleMedia.Video("M4A ", 640, 480, 0), "M4A" },
        { SampleMedia.Video("isom", 0, 0, 1_500), "no track with a picture" },
        { SampleMedia.Png(0, 480), "no size" },
        { SampleMedia.Png(-1, 480), "no size" },
        { SampleMedia.Png(640, 480)[..20], "not whole" },
        { SampleMedia.Jpeg(640, 480)[..20], "not whole" },
        { SampleMedia.Video("isom", 640, 480, 1_500)[..100], "no movie header" },
        // a segment without length, and boxes without end
        { [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 1, 2, 3, 4, 5, 6], "not whole" },
        { [0xFF, 0xD8, .. Enumerable.Repeat(new byte[] { 0xFF, 0xD0 }, 5_000).SelectMany(two => two)], "no end" },
        { [.. SampleMedia.Box("ftyp", "isom0000"u8.ToArray()), .. Enumerable.Repeat(SampleMedia.Box("free", []), 5_000).SelectMany(box => box)], "no end" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_refused_is_told_why(byte[] file, string reason) =>
        (await Should.ThrowAsync<MediaRefusedException>(() => ReadAsync(file))).Message.ShouldContain(reason);

    [Fact]
    public Task Whatever_the_bytes_are_there_is_a_size_or_a_reason() => FuzzRun.CheckAsync(
        from sample in Gen.Elements(Samples)
        from cut in Gen.Choose(0, sample.Length)
        from changes in Gen.ListOf(from at in Gen.Choose(0, sample.Length - 1)
                                   from value in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(0, 1, 0x7F, 0x80, 0xFF))
                                   select (at, value))
        select Changed(sample, cut, [.. changes]),
        Each, nameof(MediaHeader), async file =>
        {
            try
            {
                var header = await ReadAsync(file);
                header.Width.ShouldBePositive();
                header.Height.ShouldBePositive();
                (header.Duration ?? TimeSpan.Zero).ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            }
            catch (MediaRefusedException reason)
            {
                reason.Message.ShouldNotBeEmpty();
            }
        });

    private static byte[] Changed(byte[] sample, int cut, IReadOnlyList<(int At, int Value)> changes)
    {
        var file = sample.ToArray();
        foreach (var (at, value) in changes)
            file[at] = (byte)value;
        return cut % 3 == 0 ? file[..cut] : file;
    }

    private static async Task<MediaHeader> ReadAsync(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return await MediaHeader.ReadAsync(stream, default);
    }
}
