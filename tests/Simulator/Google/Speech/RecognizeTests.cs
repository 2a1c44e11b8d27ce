using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Tests.Simulator.Twilio;

namespace Switchboard.Tests.Simulator.Google;

public sealed class RecognizeTests
{
    [Theory]
    [InlineData("audio/wav", null, null)]
    [InlineData("audio/wav", "LINEAR16", null)]
    [InlineData("audio/flac", "FLAC", 16_000)]
    [InlineData("audio/flac", null, null)]
    [InlineData("audio/amr", "AMR", 8000)]
    [InlineData("audio/amr-wb", "AMR_WB", 16_000)]
    [InlineData("audio/ogg", "OGG_OPUS", 48_000)]
    [InlineData("audio/mpeg", "MP3", 24_000)]
    [InlineData("audio/wav", null, null, 3_000_000)]
    [InlineData("audio/flac", null, null, 3_000_000)]
    [InlineData("audio/ogg", "OGG_OPUS", 48_000, 3_000_000)]
    [InlineData("audio/mpeg", "MP3", 48_000, 3_000_000)]
    [InlineData("audio/amr", "AMR", 8000, 10_000)]
    public async Task What_is_said_in_a_file_is_found(string contentType, string? encoding, int? rate, int? sizeBytes = null)
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var says = "Grüße, please call +49 30 1234 back before noon " + new string('x', 200);
        var audio = await twilio.FetchAsync(new { contentType, sizeBytes, seconds = 12, says });

        using var answer = await RecognizeAsync(twilio, audio, encoding, rate);

        var json = await answer.ReadJsonAsync();
        ((int)answer.StatusCode).ShouldBe(200, json.ToJsonString());
        var result = json["results"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)result["alternatives"]![0]!["transcript"]!).ShouldBe(says);
        ((double)result["alternatives"]![0]!["confidence"]!).ShouldBeInRange(0.5, 1);
        ((string)result["languageCode"]!).ShouldBe("en-us");
        ((string)json["totalBilledTime"]!).ShouldBeOneOf("12s", "13s");
        ((string)json["requestId"]!).ShouldNotBeEmpty();

        var request = (await twilio.Simulator.GetAsync("/_sim/speech/requests"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((long)request["bytes"]!, (string)request["transcript"]!, (int)request["status"]!).ShouldBe((audio.Length, says, 200));
    }

    [Fact]
    public async Task Silence_has_no_results()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var audio = await twilio.FetchAsync(new { contentType = "audio/wav", seconds = 3 });

        using var answer = await RecognizeAsync(twilio, audio);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("{}");
    }

    [Theory]
    [InlineData("audio/wav", 60.5)]
    [InlineData("audio/amr", 61.0)]
    [InlineData("audio/ogg", 61.0)]
    [InlineData("audio/mpeg", 61.0)]
    [InlineData("audio/flac", 61.0)]
    public async Task More_than_a_minute_is_too_long(string contentType, double seconds)
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var (encoding, rate) = contentType switch
        {
            "audio/amr" => ("AMR", 8000),
            "audio/ogg" => ("OGG_OPUS", 48_000),
            "audio/mpeg" => ("MP3", 24_000),
            _ => ((string?)null, (int?)null),
        };
        var tooLong = await twilio.FetchAsync(new { contentType, seconds, says = "Too much" });
        var longest = await twilio.FetchAsync(new { contentType, seconds = 59.9, says = "Enough" });

        using var answer = await RecognizeAsync(twilio, tooLong, encoding, rate);
        using var minute = await RecognizeAsync(twilio, longest, encoding, rate);

        var error = (await answer.ReadJsonAsync())["error"]!;
        ((int)error["code"]!, (string)error["status"]!).ShouldBe((400, "INVALID_ARGUMENT"));
        ((string)error["message"]!).ShouldStartWith("Sync input too long");
        ((int)minute.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task More_than_10_MB_is_too_long()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var audio = await twilio.FetchAsync(new { contentType = "audio/wav", sizeBytes = 10_485_761, seconds = 30 });

        using var answer = await RecognizeAsync(twilio, audio);
        using var largest = await RecognizeAsync(twilio, audio[..^1]);

        ((string)(await answer.ReadJsonAsync())["error"]!["message"]!).ShouldStartWith("Sync input too long");
        ((int)largest.StatusCode).ShouldBe(200);
    }

    [Theory]
    [InlineData("audio/wav", "FLAC", null, "does not match the header")]
    [InlineData("audio/ogg", "LINEAR16", 16_000, "does not match the header")]
    [InlineData("audio/amr", null, 8000, "bad encoding")]
    [InlineData("audio/amr", "SILK", 8000, "bad encoding")]
    [InlineData("audio/amr", "AMR", 16_000, "bad sample rate")]
    [InlineData("audio/ogg", "OGG_OPUS", null, "bad sample rate")]
    [InlineData("audio/wav", "LINEAR16", 44_100, "must either be unspecified or match the value in the WAV header `16000`")]
    public async Task Audio_that_is_described_wrongly_is_refused(string contentType, string? encoding, int? rate, string message)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var answer = await RecognizeAsync(twilio, await twilio.FetchAsync(new { contentType, seconds = 2, says = "Hello" }), encoding, rate);

        var error = (await answer.ReadJsonAsync())["error"]!;
        ((int)answer.StatusCode, (string)error["status"]!).ShouldBe((400, "INVALID_ARGUMENT"));
        ((string)error["message"]!).ShouldContain(message);
    }

    [Theory]
    [InlineData("""{"config":{"languageCode":"en-US"}""", 400, "Invalid JSON")]
    [InlineData("""{"config":{},"audio":{"content":"UklGRg=="}}""", 400, "bad language code")]
    [InlineData("""{"config":{"languageCode":"en-US"},"audio":{}}""", 400, "not set")]
    [InlineData("""{"config":{"languageCode":"en-US"},"audio":{"content":"UklGRg==","uri":"gs://a/b"}}""", 400, "oneof")]
    [InlineData("""{"config":{"languageCode":"en-US"},"audio":{"uri":"gs://a/b"}}""", 404, "not found")]
    [InlineData("""{"config":{"languageCode":"en-US"},"audio":{"content":"%%%%"}}""", 400, "Base64")]
    [InlineData("""{"config":{"languageCode":"en-US","langage":"en"},"audio":{"content":"UklGRg=="}}""", 400, "Unknown name \"langage\" at 'config'")]
    [InlineData("""[]""", 400, "Invalid JSON")]
    public async Task A_request_that_Google_would_refuse_is_refused(string body, int status, string message)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var answer = await PostAsync(simulator, new StringContent(body, Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBe(status);
        ((string)(await answer.ReadJsonAsync())["error"]!["message"]!).ShouldContain(message, Case.Sensitive);
    }

    [Fact]
    public async Task Base64_is_understood_with_the_escapes_of_JSON_and_in_the_other_alphabet()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var audio = await twilio.FetchAsync(new { contentType = "audio/amr", sizeBytes = 20_001, seconds = 20, says = "Hello" });
        // a byte string in which each character of the alphabet occurs
        byte[] all = [.. audio[..^3072], .. Enumerable.Range(0, 3072).Select(number => (byte)(number * 7 / 3))];
        var plain = Convert.ToBase64String(all);

        string[] spellings =
        [
            plain.Replace("/", "\\/"),
            plain.Replace("+", "\\u002B").Replace("=", "\\u003d"),
            plain.Replace('+', '-').Replace('/', '_').TrimEnd('='),
        ];
        foreach (var content in spellings)
        {
            var body = $$"""{"audio" : { "content" : "{{content}}" }, "config":{"languageCode":"en-US","encoding":"AMR","sampleRateHertz":8000} }""";
            using var answer = await PostAsync(twilio.Simulator, new StringContent(body, Encoding.UTF8, "application/json"));
            ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        }

        (await twilio.Simulator.GetAsync("/_sim/speech/requests"))["items"]!.AsArray().Select(item => (int)item!["bytes"]!)
            .ShouldBe([all.Length, all.Length, all.Length]);
    }

    [Fact]
    public async Task A_key_is_needed_and_has_to_be_right()
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var none = await PostAsync(simulator, new StringContent("{}"), key: null);
        using var wrong = await PostAsync(simulator, new StringContent("{}"), key: "wrong");
        using var inQuery = await simulator.Http.PostAsync("/speech/v1/speech:recognize?key=demo-speech-key", new StringContent("{}"));

        ((int)none.StatusCode).ShouldBe(403);
        ((string)(await none.ReadJsonAsync())["error"]!["status"]!).ShouldBe("PERMISSION_DENIED");
        ((int)wrong.StatusCode).ShouldBe(400);
        ((string)(await wrong.ReadJsonAsync())["error"]!["details"]![0]!["reason"]!).ShouldBe("API_KEY_INVALID");
        ((string)(await inQuery.ReadJsonAsync())["error"]!["message"]!).ShouldContain("language");
    }

    private static async Task<HttpResponseMessage> RecognizeAsync(TwilioSetting twilio, byte[] audio, string? encoding = null, int? rate = null)
    {
        var config = new JsonObject { ["languageCode"] = "en-US" };
        if (encoding is not null)
            config["encoding"] = encoding;
        if (rate is not null)
            config["sampleRateHertz"] = rate;
        var body = new JsonObject { ["config"] = config, ["audio"] = new JsonObject { ["content"] = Convert.ToBase64String(audio) } };
        return await PostAsync(twilio.Simulator, new StringContent(body.ToJsonString(JsonSerializerOptions.Web), Encoding.UTF8, "application/json"));
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningSimulator simulator, HttpContent content, string? key = "demo-speech-key")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/speech/v1/speech:recognize") { Content = content };
        if (key is not null)
            request.Headers.Add("X-Goog-Api-Key", key);
        return await simulator.Http.SendAsync(request);
    }
}
