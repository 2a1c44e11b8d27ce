using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Providers.Speech;

/// <summary>
/// Google's Speech-to-Text, v1 <c>speech:recognize</c>: up to a minute of audio, whole. It asks once: another try is the job's to decide.
/// </summary>
internal sealed partial class SpeechClient(
    IHttpClientFactory clients, IOptions<SpeechOptions> options, TimeProvider timeProvider, ILogger<SpeechClient> logger)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "speech";

    private static readonly Uri Path = new("v1/speech:recognize", UriKind.Relative);

    private readonly SpeechOptions _options = options.Value;

    /// <summary>What is said in a file.</summary>
    /// <exception cref="ProviderException">It cannot be told now.</exception>
    public async Task<Transcript> RecognizeAsync(FileStream file, AudioFormat format, CancellationToken cancellationToken)
    {
        using var content = new SpeechContent(file, format, _options.LanguageCode);
        if (content.Length > SpeechContent.MaxBytes)
            return Transcript.None("It is too large to be transcribed.");
        using var http = clients.CreateClient(HttpClientName);
        var speech = new ProviderCalls("Speech recognition", http, TimeSpan.FromSeconds(_options.TimeoutSeconds), timeProvider, ErrorOf);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
        try
        {
            return Transcript.Of(await speech.SendAsync(request, SpeechJson.Default.SpeechReply, cancellationToken));
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.Permanent)
        {
            return Transcript.None(reason.Message);
        }
    }

    // for the item's user; what the operator has to know is logged
    private ProviderFailure ErrorOf(int status, string? code, string message, TimeSpan? retryAfter)
    {
        if (status is 408 or 429 or >= 500)
            return ProviderFailure.OfStatus(status, $"Speech recognition could not answer (HTTP {status}).", retryAfter, code: code);
        Log.Refused(logger, status, code);
        // a key that is none: Google says so with the status of a bad request
        return status is 401 or 403 || code?.StartsWith("API_KEY_", StringComparison.Ordinal) is true
            ? new(
                FailureKind.Unauthorized, "Speech recognition is not set up.", status, TimeSpan.FromSeconds(_options.AccountSeconds), code)
            : new(
                FailureKind.Permanent,
                $"Speech recognition refused it{(code is null ? $" (HTTP {status})." : $": {message}")}",
                status,
                Code: code);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Speech-to-Text answered {Status}, code {Code}")]
        public static partial void Refused(ILogger logger, int status, Redacted code);
    }
}

/// <summary>
/// The body of a request, <c>{"config": {…}, "audio": {"content": "…"}}</c>, with a file as Base64 that is read as it is sent: no more than
/// a piece of it is ever in memory.
/// </summary>
internal sealed class SpeechContent : HttpContent
{
    /// <summary>The largest request that Speech takes, in bytes.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    // a multiple of 3: only the last piece may end with padding
    private const int Piece = 48 * 1024;

    private readonly FileStream _file;
    private readonly byte[] _before;

    public SpeechContent(FileStream file, AudioFormat format, string languageCode)
    {
        _file = file;
        var config = JsonSerializer.Serialize(
            new SpeechConfig(languageCode, format.Encoding, format.SampleRateHertz, format.Channels), SpeechJson.Default.SpeechConfig);
        _before = Encoding.UTF8.GetBytes($"{{\"config\":{config},\"audio\":{{\"content\":\"");
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>How long the body is.</summary>
    public long Length => _before.Length + ((_file.Length + 2) / 3 * 4) + After.Length;

    private static ReadOnlySpan<byte> After => "\"}}"u8;

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _file.Position = 0;
        var bytes = ArrayPool<byte>.Shared.Rent(Piece);
        var text = ArrayPool<byte>.Shared.Rent(Piece / 3 * 4);
        try
        {
            await stream.WriteAsync(_before, cancellationToken);
            for (int read; (read = await _file.ReadAtLeastAsync(bytes.AsMemory(0, Piece), Piece, false, cancellationToken)) > 0;)
            {
                Base64.EncodeToUtf8(bytes.AsSpan(0, read), text, out _, out var written);
                await stream.WriteAsync(text.AsMemory(0, written), cancellationToken);
            }

            await stream.WriteAsync(After.ToArray(), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(text);
        }
    }
}

// The resources of speech:recognize (v1) with the members that are written and read here.

internal sealed record SpeechConfig(string LanguageCode, string Encoding, int? SampleRateHertz, int? AudioChannelCount);

internal sealed record SpeechReply(IReadOnlyList<SpeechResult>? Results = null);

internal sealed record SpeechResult(IReadOnlyList<SpeechAlternative>? Alternatives = null);

internal sealed record SpeechAlternative(string? Transcript = null, float? Confidence = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpeechConfig))]
[JsonSerializable(typeof(SpeechReply))]
internal sealed partial class SpeechJson : JsonSerializerContext;
