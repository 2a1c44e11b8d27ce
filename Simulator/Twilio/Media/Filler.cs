namespace Switchboard.Simulator.Twilio.Media;

/// <summary>Bytes that mean nothing, shared by all files.</summary>
internal static class Filler
{
    private const int BlockSize = 64 * 1024;
    private static readonly byte[] Noise = MakeNoise();
    private static readonly byte[] Zeros = new byte[BlockSize];
    private static readonly byte[] Prose = MakeProse();

    public static IEnumerable<ReadOnlyMemory<byte>> Forever
    {
        get
        {
            while (true)
            {
                yield return Noise;
            }
        }
    }

    /// <summary>Noise, as what is compressed looks.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(long size) => Of(Noise, size);

    /// <summary>Zeros: silence, or padding.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Silence(long size) => Of(Zeros, size);

    /// <summary>Lines of ASCII.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Text(long size) => Of(Prose, size);

    private static IEnumerable<ReadOnlyMemory<byte>> Of(byte[] block, long size)
    {
        for (; size > 0; size -= BlockSize)
        {
            yield return block.AsMemory(0, (int)Math.Min(size, BlockSize));
        }
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[BlockSize];
        new Random(1).NextBytes(noise);
        // no 0xFF, which begins a marker in more than one format
        noise.AsSpan().Replace((byte)0xFF, (byte)0xFE);
        return noise;
    }

    private static byte[] MakeProse()
    {
        var line = "The quick brown fox jumps over the lazy dog and runs on to the bank of the river.\r\n"u8;
        var prose = new byte[BlockSize];
        for (var at = 0; at < prose.Length; at += line.Length)
        {
            var rest = prose.AsSpan(at);
            line[..Math.Min(line.Length, rest.Length)].CopyTo(rest);
        }

        return prose;
    }
}
