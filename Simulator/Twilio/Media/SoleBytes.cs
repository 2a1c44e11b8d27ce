namespace Switchboard.Simulator.Twilio.Media;

/// <summary>Files that are a few bytes, whole, with noise behind their end, which whoever reads them passes over.</summary>
internal sealed class SoleBytes(ReadOnlySpan<byte> bytes) : MediaFormat
{
    private readonly byte[] _bytes = bytes.ToArray();

    public override IEnumerable<ReadOnlyMemory<byte>> Make(MediaSpec spec) => [_bytes];
}
