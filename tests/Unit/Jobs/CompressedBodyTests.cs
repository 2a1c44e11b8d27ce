using System.IO.Compression;
using System.Text;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class CompressedBodyTests
{
    private static readonly byte[] Jobs = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 100).Select(number => $"{{\"type\":\"send-notification/1\",\"id\":\"{new Guid(number, 0, 0, new byte[8])}\"}},")));

    [Fact]
    public void What_is_compressed_is_smaller_and_read_as_it_was()
    {
        var compressed = CompressedBody.Of(Jobs).ShouldNotBeNull();

        compressed.Length.ShouldBeLessThan(Jobs.Length / 2);
        CompressedBody.Read(compressed).ShouldBe(Jobs);
    }

    [Fact]
    public void What_would_hardly_be_smaller_is_sent_as_it_is()
    {
        var noise = new byte[8192];
        new Random(1).NextBytes(noise);

        CompressedBody.Of(noise).ShouldBeNull();
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_compressed() =>
        CompressedBody.Of(new byte[CompressedBody.MaxBytes + 1]).ShouldBeNull();

    [Fact]
    public void The_largest_is_read_and_one_byte_more_is_not()
    {
        CompressedBody.Read(Brotli(new byte[CompressedBody.MaxBytes])).ShouldNotBeNull().Length.ShouldBe(CompressedBody.MaxBytes);
        CompressedBody.Read(Brotli(new byte[CompressedBody.MaxBytes + 1])).ShouldBeNull();
    }

    [Fact]
    public void A_bomb_is_not_unpacked()
    {
        var bomb = Brotli(new byte[64 * 1024 * 1024]);
        bomb.Length.ShouldBeLessThan(64 * 1024, "for 64 MiB");
        var before = GC.GetAllocatedBytesForCurrentThread();

        CompressedBody.Read(bomb).ShouldBeNull();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(CompressedBody.MaxBytes * 3L);
    }

    [Fact]
    public void What_is_damaged_cut_short_or_followed_by_more_is_none_of_ours()
    {
        var compressed = CompressedBody.Of(Jobs)!;

        CompressedBody.Read(compressed.AsSpan(..^1)).ShouldBeNull();
        CompressedBody.Read([.. compressed, 0]).ShouldBeNull();
        CompressedBody.Read(Jobs).ShouldBeNull();
        CompressedBody.Read([]).ShouldBeNull();
    }

    private static byte[] Brotli(byte[] data)
    {
        using var compressed = new MemoryStream();
        using (var stream = new BrotliStream(compressed, CompressionLevel.Fastest))
            stream.Write(data);
        return compressed.ToArray();
    }
}
