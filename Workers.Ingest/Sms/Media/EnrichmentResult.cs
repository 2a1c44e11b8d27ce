using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>What a try to enrich an item came to.</summary>
internal abstract record EnrichmentResult
{
    private EnrichmentResult()
    {
    }

    /// <summary>Its file is kept, and if it is audio, what is said in it is known or known not to be had.</summary>
    /// <param name="StorageKey">Where it is kept.</param>
    /// <param name="ContentType">What its bytes are.</param>
    /// <param name="SizeBytes">Its size.</param>
    /// <param name="Transcript">What is said in it; null when it is no audio.</param>
    public sealed record Completed(string StorageKey, string ContentType, long SizeBytes, Transcript? Transcript) : EnrichmentResult;

    /// <summary>It came not so far.</summary>
    /// <param name="Failure">Whether it may another time.</param>
    /// <param name="Reason">Why, for the item's user.</param>
    /// <param name="Error">Why, for the operator.</param>
    /// <param name="After">When to try again, if somebody said so.</param>
    /// <param name="StorageKey">Where its file is kept, if it came that far.</param>
    public sealed record Failed(MediaFailure Failure, string Reason, string Error, TimeSpan? After, string? StorageKey) : EnrichmentResult;
}
