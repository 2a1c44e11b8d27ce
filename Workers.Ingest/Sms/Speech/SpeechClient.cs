using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Sms.Media;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>
/// Google's Speech-to-Text, v1 <c>speech:recognize</c>: up to a minute of audio, whole. It asks once: another try is the job's to decide.
/// </summary>
internal sealed partial class SpeechClient(
    IHttpClientFactory clients, IOptions<SpeechOptions> options, TimeProvider timeProvider, ILogger<SpeechClient> logger)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "speech";

    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    private static readonly Uri Path = new("v1/speech:recognize", UriKind.Relative);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CircuitBreak = TimeSpan.FromSeconds(5);

    private readonly SpeechOptions _options = options.Value;

    /// <summary>What is said in a file.</summary>
    /// <exception cref="MediaException">It cannot be told now.</exception>
    public async Task<Transcript> RecogniseAsync(FileStream file, AudioFormat format, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new SpeechContent(file, format, _options.LanguageCode);
            if (content.Length > SpeechContent.MaxBytes)
                return Transcript.None("It is larger than speech is recognised in.");
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(Path, content, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (BrokenCircuitException reason)
        {
            throw MediaException.NotTried("Speech recognition is away.", reason.RetryAfter ?? CircuitBreak, reason);
        }
        catch (TimeoutRejectedException reason)
        {
            throw MediaException.ForNow("Speech recognition did not answer in time.", cause: reason);
        }
        catch (ExecutionRejectedException reason)
        {
            throw MediaException.NotTried("Speech recognition is busy.", Busy, reason);
        }
        catch (Exception reason) when (reason is HttpRequestException or HttpIOException
            || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw MediaException.ForNow("Speech recognition could not be reached.", cause: reason);
        }
    }

    private async Task<Transcript> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var reply = await ParseAsync(response, cancellationToken);
        if (response.IsSuccessStatusCode)
            return reply is null ? throw MediaException.ForNow("Speech recognition answered nothing that can be read.") : Transcript.Of(reply);

        var number = status.ToString(CultureInfo.InvariantCulture);
        switch (status)
        {
            case 401 or 403:
            case 400 when reply?.Error?.IsOfKey == true:
                Log.Refused(logger, status, reply?.Error?.Message ?? "");
                throw MediaException.NotTried("Speech recognition is not set up.", TimeSpan.FromSeconds(_options.AccountSeconds));
            case 408 or 429 or >= 500:
                throw MediaException.ForNow($"Speech recognition could not answer (HTTP {number}).", MediaHttp.RetryAfter(response, timeProvider));
            default:
                Log.Refused(logger, status, reply?.Error?.Message ?? "");
                return Transcript.None(
                    reply?.Error?.Message is { Length: > 0 } why
                        ? $"Speech recognition refused it: {Cut(why)}"
                        : $"Speech recognition refused it (HTTP {number}).");
        }
    }

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";

    private static async Task<SpeechReply?> ParseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, SpeechJson.Default.SpeechReply, cancellationToken);
        }
        catch (JsonException)
        {
            return null; // a gateway's page: its status says what there is to know
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Speech-to-Text answered {Status}: {Error}")]
        public static partial void Refused(ILogger logger, int status, Redacted error);
    }
}

// The resources of speech:recognize (v1) with the members that are written and read here.

internal sealed record SpeechConfig(string LanguageCode, string Encoding, int? SampleRateHertz, int? AudioChannelCount);

internal sealed record SpeechReply(IReadOnlyList<SpeechResult>? Results = null, SpeechError? Error = null);

internal sealed record SpeechResult(IReadOnlyList<SpeechAlternative>? Alternatives = null);

internal sealed record SpeechAlternative(string? Transcript = null, float? Confidence = null);

internal sealed record SpeechError(string? Message = null, IReadOnlyList<SpeechErrorDetail>? Details = null)
{
    /// <summary>Whether the key is none: Google says so with the status of a bad request.</summary>
    public bool IsOfKey => Details?.Any(detail => detail.Reason?.StartsWith("API_KEY_", StringComparison.Ordinal) == true) == true;
}

internal sealed record SpeechErrorDetail(string? Reason = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpeechConfig))]
[JsonSerializable(typeof(SpeechReply))]
internal sealed partial class SpeechJson : JsonSerializerContext;
