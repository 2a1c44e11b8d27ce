using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Sms;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>Has audio transcribed, unless it is longer than a minute or of a type that Speech does not take.</summary>
internal sealed class Transcriber(SpeechClient speech, IOptions<HttpPoolOptions> pool, MediaMetrics metrics) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // here and not in the pool of connections, where the wait for one would count as the request's
    private readonly SemaphoreSlim _places = new(pool.Value.Max);

    /// <summary>What is said in a file, or why that is not known.</summary>
    /// <param name="file">The file.</param>
    /// <param name="contentType">What its bytes are.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MediaException">It cannot be told now.</exception>
    public async Task<Transcript> TranscribeAsync(FileStream file, string contentType, CancellationToken cancellation)
    {
        if (await AudioDuration.OfAsync(file, contentType, cancellation) is { } duration && duration > Longest)
            return Unsupported(string.Create(
                CultureInfo.InvariantCulture,
                $"It is {Math.Ceiling(duration.TotalSeconds):0} s long; speech is recognised up to {Longest.TotalSeconds:0} s."));
        return await AudioFormats.OfAsync(file, contentType, cancellation) is { } format
            ? await AskAsync(file, format, cancellation)
            : Unsupported($"Speech in {contentType} cannot be recognised.");
    }

    public void Dispose() => _places.Dispose();

    private async Task<Transcript> AskAsync(FileStream file, AudioFormat format, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation);
        try
        {
            var transcript = await speech.RecogniseAsync(file, format, cancellation);
            metrics.Transcribed(transcript.Text is null ? "nothing" : "recognised");
            return transcript;
        }
        catch (MediaException)
        {
            metrics.Transcribed("failed");
            throw;
        }
        finally
        {
            _places.Release();
        }
    }

    private Transcript Unsupported(string note)
    {
        metrics.Transcribed("unsupported");
        return Transcript.None(note);
    }
}
