using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using Switchboard.Edge.Api.Platform;
using Switchboard.Tests.Unit.ServiceDefaults;

namespace Switchboard.Tests.Unit.Platform;

public sealed class AnswerCompressionTests
{
    private static readonly string Large = string.Concat(Enumerable.Range(0, 500).Select(number => $"{{\"number\":{number}}}\n"));

    private readonly TaskCompletionSource _seen = new();

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("gzip;q=0.5, br;q=0.1", "gzip")]
    [InlineData("gzip, deflate, br", "br")]
    public async Task A_large_answer_is_compressed_as_the_caller_takes_it(string accepted, string? expected = null)
    {
        await using var host = await StartAsync();
        using var original = Collect(host, "original");
        using var sent = Collect(host, "sent");

        using var answer = await GetAsync(host, "/large", accepted);

        answer.Content.Headers.ContentEncoding.ShouldBe([expected ?? accepted]);
        answer.Headers.Vary.ShouldContain("Accept-Encoding");
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        (await UnpackAsync(bytes, expected ?? accepted)).ShouldBe(Large);
        original.GetMeasurementSnapshot().Sum(one => one.Value).ShouldBe(Large.Length);
        sent.GetMeasurementSnapshot().Sum(one => one.Value).ShouldBe(bytes.Length);
    }

    [Theory]
    [InlineData("/large", null)]
    [InlineData("/large", "identity")]
    [InlineData("/large", "zstd")]
    [InlineData("/secret", "br")]
    [InlineData("/picture", "br")]
    [InlineData("/json/1023", "br")]
    [InlineData("/counted/1023", "br")]
    public async Task What_is_not_asked_for_secret_compressed_already_or_below_a_kilobyte_is_sent_as_it_is(string path, string? accepted)
    {
        await using var host = await StartAsync();
        using var answers = Collect(host, "answers");

        using var answer = await GetAsync(host, path, accepted);

        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        answers.GetMeasurementSnapshot().ShouldBeEmpty();
        (await answer.Content.ReadAsByteArrayAsync()).Length.ShouldBeGreaterThanOrEqualTo(1023);
    }

    [Theory]
    [InlineData("/json/1024")]
    [InlineData("/counted/1024")]
    public async Task A_kilobyte_is_enough(string path)
    {
        await using var host = await StartAsync();
        using var answer = await GetAsync(host, path, "br");
        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
    }

    [Fact]
    public async Task A_short_answer_has_a_length_and_an_empty_one_stays_empty()
    {
        await using var host = await StartAsync();

        using var small = await GetAsync(host, "/json/100", "br");
        small.Content.Headers.ContentLength.ShouldBe(100);
        using var empty = await GetAsync(host, "/empty", "br");
        empty.StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await empty.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_held_back_of_an_answer_that_failed_is_not_sent()
    {
        await using var host = await StartAsync();
        using var answer = await GetAsync(host, "/fails", "br");

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("failed");
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_a_stream_of_events_each_goes_at_once()
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events") { Headers = { { "Accept-Encoding", "br" } } };
        using var answer = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        (await lines.ReadLineAsync()).ShouldBe("data: one");
        _seen.SetResult();
        (await lines.ReadToEndAsync()).ShouldContain("data: two");
        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_0_nothing_is_compressed_and_the_time_of_idle_connections_is_a_setting()
    {
        await using var host = await StartAsync(new() { ["Http:CompressFromBytes"] = "0", ["Http:KeepAliveSeconds"] = "70" });
        using var answer = await GetAsync(host, "/large", "br");

        answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        host.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.KeepAliveTimeout.ShouldBe(TimeSpan.FromSeconds(70));
        new HttpOptions().KeepAliveSeconds.ShouldBe(65);
    }

    private Task<DefaultsHost> StartAsync(Dictionary<string, string?>? settings = null) => DefaultsHost.StartAsync(
        builder => builder.Services.AddAnswerCompression(),
        app =>
        {
            app.UseRouting();
            app.UseAnswerCompression();
            app.UseExceptionHandler(failed => failed.Run(context => context.Response.WriteAsync("failed")));
            app.MapGet("/large", () => TypedResults.Text(Large, "application/x-ndjson"));
            app.MapGet("/secret", () => TypedResults.Text(Large, "application/json")).HoldsSecret();
            app.MapGet("/picture", () => TypedResults.Bytes(Encoding.UTF8.GetBytes(Large), "image/png"));
            // with its quotes
            app.MapGet("/json/{length:int}", (int length) => TypedResults.Ok(new string('a', length - 2)));
            app.MapGet("/counted/{length:int}", (int length) => TypedResults.Bytes(new byte[length], "text/plain"));
            app.MapGet("/empty", () => TypedResults.NoContent());
            app.MapGet("/fails", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("the start of something");
                throw new InvalidOperationException("no");
            });
            app.MapGet("/events", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: one\n\n");
                await _seen.Task;
                await context.Response.WriteAsync("data: two\n\n");
            });
        },
        settings);

    private static async Task<HttpResponseMessage> GetAsync(DefaultsHost host, string path, string? accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accepted is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        return await host.Http.SendAsync(request);
    }

    private static MetricCollector<long> Collect(DefaultsHost host, string what) => new(
        host.App.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(),
        AnswerCompression.MeterName, $"switchboard.http.compression.{what}");

    private static async Task<string> UnpackAsync(byte[] bytes, string encoding)
    {
        using var packed = new MemoryStream(bytes);
        using Stream unpacked = encoding == "br"
            ? new BrotliStream(packed, CompressionMode.Decompress)
            : new GZipStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync();
    }
}
