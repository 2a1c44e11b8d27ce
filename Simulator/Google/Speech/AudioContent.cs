using System.Buffers.Binary;

namespace Switchboard.Simulator.Google;

/// <summary>
/// What is found out about audio while it goes by: only its beginning and its end are kept, whatever its size.
/// </summary>
internal sealed class AudioContent
{
    private const int Kept = 64 * 1024;
    private readonly byte[] _head = new byte[Kept];
    private readonly byte[] _tail = new byte[Kept];
    private int _headLength;
    private readonly byte[] _frame = new byte[4];
    private long _frameAt;
    private AmrFrames? _amr;

    /// <summary>How many bytes went by.</summary>
    public long Length { get; private set; }

    public AudioFormat Format { get; private set; }

    /// <summary>Samples a second by the header; 0 where none says so.</summary>
    public int SampleRate => Format switch
    {
        AudioFormat.Wav => BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(24)),
        AudioFormat.Flac => (int)(FlacInfo >> 44),
        AudioFormat.Amr => 8000,
        AudioFormat.AmrWb => 16_000,
        _ => 0,
    };

    /// <summary>The code of a WAV file's format: 1 for samples as they are, 6 and 7 for A-law and µ-law.</summary>
    public int WavCode => BinaryPrimitives.ReadUInt16LittleEndian(_head.AsSpan(20));

    private ulong FlacInfo => BinaryPrimitives.ReadUInt64BigEndian(_head.AsSpan(18));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_headLength < Kept)
        {
            var part = bytes[..Math.Min(bytes.Length, Kept - _headLength)];
            part.CopyTo(_head.AsSpan(_headLength));
            _headLength += part.Length;
        }

        if (Length == 0)
        {
            Format = FormatOf(bytes);
            _amr = AmrFrames.Of(Format);
            _frameAt = Mp3Frames.TagLength(bytes);
        }

        _amr?.Add(bytes);
        KeepFrame(bytes);
        KeepTail(bytes);
        Length += bytes.Length;
    }

    /// <summary>What is said; null for silence.</summary>
    public string? Words() => SpokenWords.Find(_amr is null ? _head.AsSpan(0, _headLength) : _amr.Payload);

    /// <summary>How long it lasts.</summary>
    /// <param name="bytesPerSecond">Of audio without a header.</param>
    public double Seconds(double bytesPerSecond) => Format switch
    {
        AudioFormat.Wav => WavSeconds(),
        AudioFormat.Flac => (FlacInfo & 0xF_FFFF_FFFF) / Math.Max(1.0, SampleRate),
        AudioFormat.Ogg => OggSeconds(),
        AudioFormat.Mp3 => Mp3Frames.Seconds(_frame, Length - _frameAt),
        AudioFormat.Amr or AudioFormat.AmrWb => _amr!.Seconds,
        _ => bytesPerSecond > 0 ? Length / bytesPerSecond : 0,
    };

    // the head of the first frame of MP3 is behind its tag, however long that is
    private void KeepFrame(ReadOnlySpan<byte> bytes)
    {
        for (var index = 0; index < _frame.Length; index++)
        {
            if (_frameAt + index - Length is >= 0 and var at && at < bytes.Length)
            {
                _frame[index] = bytes[(int)at];
            }
        }
    }

    // the last 64 KB, in a ring buffer
    private void KeepTail(ReadOnlySpan<byte> bytes)
    {
        var at = Length + Math.Max(0, bytes.Length - Kept);
        for (var rest = bytes[Math.Max(0, bytes.Length - Kept)..]; rest.Length > 0;)
        {
            var place = (int)(at % Kept);
            var part = rest[..Math.Min(rest.Length, Kept - place)];
            part.CopyTo(_tail.AsSpan(place));
            at += part.Length;
            rest = rest[part.Length..];
        }
    }

    private double WavSeconds()
    {
        var bytesPerSecond = Math.Max(1, BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(28)));
        var head = _head.AsSpan(0, _headLength);
        var data = head.IndexOf("data"u8);
        return data < 0 || data + 8 > head.Length
            ? 0
            : (double)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(head[(data + 4)..]),
                Math.Max(0, Length - data - 8)) / bytesPerSecond;
    }

    // the last page of a stream says how many samples there were
    private double OggSeconds()
    {
        byte[] tail = Length <= Kept
            ? _tail[..(int)Length]
            : [.. _tail.AsSpan((int)(Length % Kept)), .. _tail.AsSpan(0, (int)(Length % Kept))];
        var page = tail.AsSpan().LastIndexOf("OggS"u8);
        return page < 0 || page + 14 > tail.Length ? 0 : BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(page + 6)) / 48_000.0;
    }

    private static AudioFormat FormatOf(ReadOnlySpan<byte> head) =>
        head.Length >= 44 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WAVE"u8) ? AudioFormat.Wav
        : head.Length >= 42 && head.StartsWith("fLaC"u8) ? AudioFormat.Flac
        : head.StartsWith("OggS"u8) ? AudioFormat.Ogg
        : head.StartsWith("#!AMR-WB\n"u8) ? AudioFormat.AmrWb
        : head.StartsWith("#!AMR\n"u8) ? AudioFormat.Amr
        : head.StartsWith("ID3"u8) || Mp3Frames.IsHead(head) ? AudioFormat.Mp3
        : head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) ? AudioFormat.WebM
        : AudioFormat.Headerless;
}

/// <summary>What audio is by its first bytes.</summary>
internal enum AudioFormat
{
    /// <summary>No header: samples, or nothing that is known.</summary>
    Headerless,
    Wav,
    Flac,
    Ogg,
    Mp3,
    Amr,
    AmrWb,
    WebM,
}
