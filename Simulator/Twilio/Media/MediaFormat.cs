namespace Switchboard.Simulator.Twilio.Media;

/// <summary>How files of a type are made.</summary>
internal abstract class MediaFormat
{
    private const double UsualSeconds = 3;

    /// <summary>Bytes a second of audio; 0 for what is none.</summary>
    protected virtual double BytesPerSecond => 0;

    /// <summary>The size of a file that nobody gave one.</summary>
    protected virtual long UsualBytes => 50_000;

    /// <summary>
    /// The file from its first byte on. It may be longer or shorter than its size: it is cut there, or noise follows.
    /// A format sees to it that nothing of that sort happens to files of a size that it can have.
    /// </summary>
    public abstract IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec);

    public virtual long UsualSize(double seconds, string? says) =>
        BytesPerSecond == 0 ? UsualBytes : 1000 + (says?.Length * 4 ?? 0) + (long)(seconds * BytesPerSecond);

    /// <summary>How long a file lasts.</summary>
    public virtual double SecondsOf(NewMedia media) => BytesPerSecond == 0 ? 0 : media.Seconds ?? UsualSeconds;
}
