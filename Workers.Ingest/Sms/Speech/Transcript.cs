namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>What is said in audio, or why that is not known.</summary>
/// <param name="Text">What is said; null when it is not known.</param>
/// <param name="Confidence">From 0 to 1: how sure of it Speech is; null when it does not say.</param>
/// <param name="Note">Why there is no text; null when there is.</param>
internal sealed record Transcript(string? Text, float? Confidence, string? Note)
{
    /// <summary>Audio whose words are not known, for good.</summary>
    public static Transcript None(string note) => new(null, null, note);

    /// <summary>The text of an answer: the likeliest reading of each part, one after another. Its confidence is that of the parts,
    /// each by its length; a part of confidence 0 says nothing of it.</summary>
    public static Transcript Of(SpeechReply reply)
    {
        var parts = (reply.Results ?? []).Select(result => result.Alternatives is [var first, ..] ? first : null)
            .Where(part => !string.IsNullOrWhiteSpace(part?.Transcript)).Select(part => part!).ToList();
        if (parts.Count == 0)
            return None("No speech was recognised.");

        var rated = parts.FindAll(part => part.Confidence is > 0 and <= 1);
        var confidence = rated.Count == 0
            ? (float?)null
            : rated.Sum(part => part.Confidence!.Value * part.Transcript!.Length) / rated.Sum(part => part.Transcript!.Length);
        return new(string.Join(' ', parts.Select(part => part.Transcript!.Trim())), confidence, null);
    }
}
