using Switchboard.Load.Measuring;

namespace Switchboard.Load.Sms;

/// <summary>How the items that came compare to those that should have.</summary>
internal sealed class EnrichmentVerdict
{
    /// <summary>Items that the accepted texts should lead to.</summary>
    public long Expected { get; set; }

    /// <summary>Texts all of whose items are completed.</summary>
    public long Enriched { get; set; }

    /// <summary>Items that are not there, failed, or not completed yet.</summary>
    public long Lost { get; set; }

    /// <summary>Items beyond the first for the same part of a text.</summary>
    public long Duplicated { get; set; }

    /// <summary>Items that say something else than what was sent, or of a part that was not.</summary>
    public long Wrong { get; set; }

    /// <summary>Some of what is wrong, for the one who reads it.</summary>
    public List<string> Examples { get; } = [];

    public DateTimeOffset LastCompletedAt { get; set; }

    /// <summary>From when the product received a text until the last of its items was completed.</summary>
    public LatencyRecorder EndToEnd { get; } = new();
}
