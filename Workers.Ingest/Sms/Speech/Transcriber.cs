using System.Globalization;
using Switchboard.Workers.Ingest.Providers.Speech;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>Has audio transcribed, unless it is longer than a minute or of a type that Speech does not take.</summary>
internal sealed class Transcriber(SpeechClient speech, MediaMetrics metrics)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What is said in a file, or why that is not known.</summary>
    /// <param name="file">The file.</param>
    /// <param name="contentType">What its bytes are.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProviderException">It cannot be told now.</exception>
    public async Task<Transcript> TranscribeAsync(FileStream file, string contentType, CancellationToken cancellationToken)
    {
        if (await AudioDuration.OfAsync(file, contentType, cancellationToken) is { } duration && duration > Longest)
            return Unsupported(string.Create(
                CultureInfo.InvariantCulture,
                $"It is {Math.Ceiling(duration.TotalSeconds):0} s long; speech is recognised up to {Longest.TotalSeconds:0} s."));
        return await AudioFormats.OfAsync(file, contentType, cancellationToken) is { } format
            ? await AskAsync(file, format, cancellationToken)
            : Unsupported($"Speech in {contentType} cannot be recognised.");
    }

    private async Task<Transcript> AskAsync(FileStream file, AudioFormat format, CancellationToken cancellationToken)
    {
        try
        {
            var transcript = await speech.RecognizeAsync(file, format, cancellationToken);
            metrics.Transcribed(transcript.Text is null ? "nothing" : "recognised");
            return transcript;
        }
        catch (ProviderException)
        {
            metrics.Transcribed("failed");
            throw;
        }
    }

    private Transcript Unsupported(string note)
    {
        metrics.Transcribed("unsupported");
        return Transcript.None(note);
    }
}

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
