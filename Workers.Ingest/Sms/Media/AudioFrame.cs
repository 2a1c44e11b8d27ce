namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>The header of a frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.1.3; 13818-3).</summary>
/// <param name="SampleRate">Samples a second.</param>
/// <param name="Samples">The samples of a frame.</param>
/// <param name="BitsPerSecond">Its bit rate.</param>
/// <param name="Length">The bytes of the frame, its header included.</param>
/// <param name="SideInfo">The bytes between its header and its data.</param>
internal readonly record struct AudioFrame(int SampleRate, int Samples, int BitsPerSecond, int Length, int SideInfo)
{
    public const int HeaderSize = 4;

    private static readonly int[] Rates1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Rates2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] SampleRates = [44_100, 48_000, 32_000];

    /// <summary>The header that begins there; null when none does, or one of a rate that is not said.</summary>
    public static AudioFrame? Read(ReadOnlySpan<byte> at)
    {
        if (at.Length < HeaderSize || at[0] != 0xFF || (at[1] & 0xE6) != 0xE2)
            return null;
        var version = (at[1] >> 3) & 3;
        var rate = at[2] >> 4;
        var frequency = (at[2] >> 2) & 3;
        if (version == 1 || rate is 0 or 15 || frequency == 3)
            return null;

        // 3 is MPEG 1; 2 and 0 are MPEG 2 and 2.5, with half and a quarter of its sample rates, and half of its samples
        var first = version == 3;
        var bits = (first ? Rates1 : Rates2)[rate - 1] * 1000;
        var samples = first ? 1152 : 576;
        var sampleRate = SampleRates[frequency] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        var mono = at[3] >> 6 == 3;
        var sideInfo = (first, mono) switch { (true, false) => 32, (true, true) or (false, false) => 17, _ => 9 };
        return new(sampleRate, samples, bits, (samples / 8 * bits / sampleRate) + ((at[2] >> 1) & 1), sideInfo);
    }

    /// <summary>The type of what begins with frames of audio and nothing else that would tell it.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> head)
    {
        if (Read(head) is { } frame)
            return head.Length < frame.Length + HeaderSize || Read(head[frame.Length..]) is not null ? "audio/mpeg" : null;

        // ADTS (ISO/IEC 13818-7, 6.2): sync, layer 0, a sampling frequency that there is
        return head.Length >= 7 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0 && ((head[2] >> 2) & 15) < 13 ? "audio/aac" : null;
    }
}
