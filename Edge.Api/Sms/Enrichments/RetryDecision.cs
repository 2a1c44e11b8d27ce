namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>Whether an item may be tried once more. A pure decision.</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Part">0 is the text itself.</param>
/// <param name="HasMediaUrl">Whether its provider said where the file is.</param>
internal sealed record RetryDecision(string Status, int Part, bool HasMediaUrl)
{
    /// <summary>Why not, and what to do; null when it may.</summary>
    public string? Refusal => (Status, Part, HasMediaUrl) switch
    {
        (EnrichmentStatus.Completed, _, _) => "The item is completed: there is nothing to try again.",
        (not EnrichmentStatus.Failed, _, _) =>
            $"The item is {Status}: it is tried again by itself. Wait until it is completed or failed.",
        (_, 0, _) => "This item is the text itself, without a file to fetch again. Ask its sender for the text once more.",
        (_, _, false) => "The provider named no address of this file. Ask its sender for it once more.",
        _ => null,
    };
}
