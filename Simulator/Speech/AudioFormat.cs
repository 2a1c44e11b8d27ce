namespace Switchboard.Simulator.Speech;

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
