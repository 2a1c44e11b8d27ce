using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Sms.Media;
using Switchboard.Workers.Ingest.Providers.Speech;
using Switchboard.Workers.Ingest.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Tests.Unit.Providers.Speech;

public sealed class SpeechClientTests : Scratch
{
    private const string Hello = """{"results":[{"alternatives":[{"transcript":"hello there","confidence":0.5},{"transcript":"yellow"}]},{"alternatives":[{"transcript":" general","confidence":1}]}],"totalBilledTime":"15s"}""";

    private readonly List<(HttpRequestMessage Request, string Body)> _posted = [];
    private Func<HttpResponseMessage> _answer = () => Json(200, Hello);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(48 * 1024)]
    [InlineData((48 * 1024) + 1)]
    [InlineData(200_000)]
    public async Task Audio_is_posted_as_base64_whatever_its_length(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);

        await RecognizeAsync(content, new("LINEAR16", 16_000, 2));

        var (request, body) = _posted.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("http://speech.test/base/v1/speech:recognize");
        request.Headers.GetValues("X-Goog-Api-Key").ShouldBe(["key"]);
        request.Content!.Headers.ContentType!.ToString().ShouldBe("application/json");
        request.Content.Headers.ContentLength.ShouldBe(body.Length);
        using var json = JsonDocument.Parse(body);
        json.RootElement.GetProperty("config").GetRawText()
            .ShouldBe("""{"languageCode":"de-DE","encoding":"LINEAR16","sampleRateHertz":16000,"audioChannelCount":2}""");
        json.RootElement.GetProperty("audio").GetProperty("content").GetBytesFromBase64().ShouldBe(content);
    }

    [Fact]
    public async Task What_the_file_says_itself_is_left_out()
    {
        await RecognizeAsync([1], new("FLAC"));

        _posted[0].Body.ShouldStartWith("""{"config":{"languageCode":"de-DE","encoding":"FLAC"},"audio":""");
    }

    [Fact]
    public async Task The_likeliest_readings_are_joined_and_their_confidence_is_weighed_by_their_length()
    {
        var transcript = await RecognizeAsync([1]);

        transcript.Text.ShouldBe("hello there general");
        transcript.Confidence.ShouldNotBeNull().ShouldBe(((11 * 0.5f) + (8 * 1f)) / 19, 0.001f);
        transcript.Note.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"results":[]}""")]
    [InlineData("""{"results":[{}]}""")]
    [InlineData("""{"results":[{"alternatives":[{"confidence":0.1}]}]}""")]
    public async Task Where_nothing_was_recognised_it_says_so(string answer)
    {
        _answer = () => Json(200, answer);

        (await RecognizeAsync([1])).ShouldBe(new(null, null, "No speech was recognised."));
    }

    [Fact]
    public async Task Without_a_confidence_there_is_none()
    {
        _answer = () => Json(200, """{"results":[{"alternatives":[{"transcript":"hello"}]}]}""");

        (await RecognizeAsync([1])).ShouldBe(new("hello", null, null));
    }

    [Fact]
    public async Task Audio_that_is_refused_is_kept_without_a_transcript()
    {
        _answer = () => Json(400, """{"error":{"code":400,"message":"bad encoding","status":"INVALID_ARGUMENT"}}""");

        (await RecognizeAsync([1])).ShouldBe(new(null, null, "Speech recognition refused it: bad encoding"));
    }

    [Theory]
    [InlineData(401, "{}")]
    [InlineData(403, "{}")]
    [InlineData(400, """{"error":{"code":400,"message":"API key not valid.","details":[{"@type":"x","reason":"API_KEY_INVALID"}]}}""")]
    public async Task What_is_wrong_with_the_key_holds_all_and_fails_none(int status, string answer)
    {
        _answer = () => Json(status, answer);

        var failed = await FailedAsync();
        failed.Kind.ShouldBe(FailureKind.Unauthorized);
        failed.Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(429, FailureKind.Throttled)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(503, FailureKind.Transient)]
    public async Task What_passes_is_for_now_and_is_not_asked_again_by_the_client_itself(int status, FailureKind kind)
    {
        _answer = () => new((HttpStatusCode)status) { Content = new StringContent("<html>"), Headers = { RetryAfter = new(TimeSpan.FromSeconds(9)) } };

        var failed = await FailedAsync();
        failed.Kind.ShouldBe(kind);
        failed.Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(9));
        _posted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task No_connection_is_for_now()
    {
        _answer = () => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused");

        (await FailedAsync()).Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task Audio_over_a_minute_is_not_asked_about()
    {
        (await TranscribeAsync(Bytes.Wav(8_000, 1, 16, 1, 16_000 * 75), "audio/wav"))
            .ShouldBe(new(null, null, "It is 75 s long; speech is recognised up to 60 s."));
        (await TranscribeAsync(Bytes.Wav(8_000, 1, 16, 1, (16_000 * 60) + 2), "audio/wav")).Note
            .ShouldBe("It is 61 s long; speech is recognised up to 60 s.");
        _posted.ShouldBeEmpty();

        (await TranscribeAsync(Bytes.Wav(8_000, 1, 16, 1, 16_000 * 60), "audio/wav")).Text.ShouldBe("hello there general");
    }

    [Theory]
    [InlineData("audio/mp4")]
    [InlineData("audio/3gpp")]
    [InlineData("audio/aac")]
    public async Task A_type_that_speech_does_not_take_is_not_asked_about(string type)
    {
        (await TranscribeAsync([1, 2, 3], type)).ShouldBe(new(null, null, $"Speech in {type} cannot be recognised."));
        _posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_that_would_be_too_large_is_not_sent()
    {
        (await RecognizeAsync(new byte[8 * 1024 * 1024])).Note.ShouldBe("It is too large to be transcribed.");
        _posted.ShouldBeEmpty();
    }

    private static HttpResponseMessage Json(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body) };

    private Task<ProviderException> FailedAsync() => Should.ThrowAsync<ProviderException>(RecognizeAsync([1]));

    private async Task<Transcript> RecognizeAsync(byte[] content, AudioFormat? format = null)
    {
        await using var services = Services();
        await using var file = Open(content);
        return await services.GetRequiredService<SpeechClient>().RecognizeAsync(file, format ?? new("AMR", 8_000), default);
    }

    private async Task<Transcript> TranscribeAsync(byte[] content, string type)
    {
        await using var services = Services();
        await using var file = Open(content);
        return await services.GetRequiredService<Transcriber>().TranscribeAsync(file, type, default);
    }

    private ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Speech:BaseUrl"] = "http://speech.test/base",
            ["Speech:ApiKey"] = "key",
            ["Speech:LanguageCode"] = "de-DE",
        }).Build());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<MediaMetrics>();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddSpeech();
        services.AddHttpClient(SpeechClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new Network(this));
        return services.BuildServiceProvider();
    }

    private sealed class Network(SpeechClientTests test) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._posted.Add((request, await request.Content!.ReadAsStringAsync(cancellationToken)));
            return test._answer();
        }
    }
}
