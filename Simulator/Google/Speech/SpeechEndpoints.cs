using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>Options of the section <c>Speech</c>; the values of the product's Development settings are the defaults.</summary>
internal sealed class SpeechOptions
{
    public const string Section = "Speech";

    [Required]
    public string ApiKey { get; set; } = "demo-speech-key";
}

/// <summary>Google's Speech-to-Text at <c>/speech</c>.</summary>
internal static class SpeechEndpoints
{
    public static IServiceCollection AddSpeech(this IServiceCollection services)
    {
        services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<SpeechRequests>()
            .AddSingleton<RecognizeEndpoint>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SpeechJson.Default));
    }

    public static void MapSpeech(this WebApplication app)
    {
        app.MapPost("/speech/v1/speech:recognize", app.Services.GetRequiredService<RecognizeEndpoint>().InvokeAsync);
        app.MapFallback("/speech/{**rest}", SpeechErrors.NotFound("Requested entity was not found.").WriteAsync);
    }
}

/// <summary><c>POST /speech/v1/speech:recognize</c>: says what is said in up to a minute of audio.</summary>
internal sealed class RecognizeEndpoint(SpeechRequests requests, IOptions<SpeechOptions> options, TimeProvider timeProvider)
{
    private const float Confidence = 0.94f;
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.ApiKey);

    public async Task InvokeAsync(HttpContext context)
    {
        if (CheckKey(context.Request) is { } refused)
        {
            await refused.WriteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var audio = new AudioContent();
        var body = new RecognizeBody(audio);
        var error = await body.ReadAsync(context.Request.Body, context.RequestAborted);
        RecognizeRequest? request = null;
        if (error is null)
        {
            (request, error) = RecognizeRequest.Read(body.Rest);
        }

        error ??= AudioCheck.Check(request!, audio);
        var words = error is null ? audio.Words() : null;
        requests.Add(new SpeechRequest(
            timeProvider.GetUtcNow(),
            audio.Length,
            audio.Format.ToString(),
            request?.Encoding,
            request?.SampleRate,
            request?.LanguageCode,
            request is null ? null : AudioCheck.Seconds(request, audio),
            words,
            error?.Code ?? 200,
            error?.Message));
        if (error is not null)
        {
            await error.WriteAsync(context);
            return;
        }

        Answer(context, request!, AudioCheck.Seconds(request!, audio), words);
    }

    private SpeechError? CheckKey(HttpRequest request)
    {
        var key = request.Headers["X-Goog-Api-Key"].ToString() is { Length: > 0 } header ? header : request.Query["key"].ToString();
        return key.Length == 0 ? SpeechErrors.NoKey
            : !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), _key) ? SpeechErrors.WrongKey
            : null;
    }

    private static void Answer(HttpContext context, RecognizeRequest request, double seconds, string? words)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        if (words is not null)
        {
            json.WriteStartArray("results");
            json.WriteStartObject();
            json.WriteStartArray("alternatives");
            json.WriteStartObject();
            json.WriteString("transcript", words);
            json.WriteNumber("confidence", Confidence);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("resultEndTime", string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s"));
            json.WriteString("languageCode", request.LanguageCode!.ToLowerInvariant());
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("totalBilledTime", string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(seconds):0}s"));
            json.WriteString("requestId", RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }
}
