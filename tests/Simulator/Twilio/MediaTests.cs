
namespace Switchboard.Tests.Simulator.Twilio;

public sealed class MediaTests
{
    [Fact]
    public async Task A_file_is_found_with_the_account_and_fetched_without_it()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var url = (string)(await twilio.MakeAsync(new { contentType = "image/png", sizeBytes = 100_000 }))["url"]!;
        var account = TwilioSetting.Basic("ACdemo", "demo-twilio-token");

        using var nobody = await twilio.FindAsync(url, null);
        using var unauthorised = await twilio.FindAsync(url, TwilioSetting.Basic("ACdemo", "wrong"));
        using var found = await twilio.FindAsync(url, account);
        var location = found.Headers.Location!.ToString();
        using var twoPermits = await twilio.FindAsync(location, account);
        using var changed = await twilio.FindAsync(location[..^2] + "AA", null);
        using var file = await twilio.FindAsync(location, null);
        using var none = await twilio.FindAsync(url[..^8], account);

        ((int)nobody.StatusCode).ShouldBe(401);
        ((int)(await nobody.ReadJsonAsync())["code"]!).ShouldBe(20003);
        ((int)unauthorised.StatusCode).ShouldBe(401);
        ((int)found.StatusCode).ShouldBe(307);
        location.ShouldStartWith($"{twilio.Simulator.Http.BaseAddress}twilio/cdn/ME");
        ((int)twoPermits.StatusCode).ShouldBe(400);
        (await twoPermits.Content.ReadAsStringAsync()).ShouldContain("Only one auth mechanism allowed");
        ((int)changed.StatusCode).ShouldBe(403);
        ((int)file.StatusCode).ShouldBe(200);
        file.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        file.Content.Headers.ContentLength.ShouldBe(100_000);
        ((int)none.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_file_can_lie_about_its_type_and_its_size()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        async Task<HttpResponseMessage> OpenAsync(object media) => await twilio.OpenAsync((string)(await twilio.MakeAsync(media))["url"]!);

        using var lie = await OpenAsync(new { contentType = "image/png", actualContentType = "text/html", sizeBytes = 500 });
        using var endless = await OpenAsync(new { contentType = "image/png", sizeBytes = 500_000, chunked = true });
        using var cut = await OpenAsync(new { contentType = "image/png", sizeBytes = 500_000, announcedBytes = 100 });
        using var missing = await OpenAsync(new { contentType = "image/png", sizeBytes = 500, announcedBytes = 1000 });

        lie.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await lie.Content.ReadAsStringAsync()).ShouldStartWith("<!DOCTYPE html>");
        endless.Content.Headers.ContentLength.ShouldBeNull();
        (await endless.Content.ReadAsByteArrayAsync()).Length.ShouldBe(500_000);
        (await cut.Content.ReadAsByteArrayAsync()).Length.ShouldBe(100);
        missing.Content.Headers.ContentLength.ShouldBe(1000);
        await Should.ThrowAsync<HttpRequestException>(() => missing.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_file_can_come_slowly()
    {
        var clock = new TestClock();
        await using var twilio = await TwilioSetting.StartAsync(clock);
        var started = clock.GetUtcNow();

        var fetched = twilio.FetchAsync(new { contentType = "image/png", sizeBytes = 20_000, bytesPerSecond = 100_000 });
        await clock.RunUntilAsync(fetched);

        (await fetched).Length.ShouldBe(20_000);
        (clock.GetUtcNow() - started).TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(190);
    }

    [Fact]
    public async Task The_API_can_redirect_elsewhere()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var media = await twilio.MakeAsync(new { contentType = "image/png", redirectTo = "http://169.254.169.254/latest" });

        using var found = await twilio.FindAsync((string)media["url"]!, TwilioSetting.Basic("ACdemo", "demo-twilio-token"));

        found.Headers.Location!.ToString().ShouldBe("http://169.254.169.254/latest");
    }

    [Fact]
    public async Task A_file_outlives_the_simulator()
    {
        string path;
        await using (var first = await TwilioSetting.StartAsync())
            path = new Uri((string)(await first.MakeAsync(new { contentType = "audio/wav", seconds = 2, says = "Still here" }))["url"]!).PathAndQuery;

        await using var second = await TwilioSetting.StartAsync();
        using var file = await second.OpenAsync(new Uri(second.Simulator.Http.BaseAddress!, path).ToString());

        (await file.Content.ReadAsByteArrayAsync()).AsSpan().IndexOf("Still here"u8).ShouldBeGreaterThan(0);
    }
}

/// <summary>What the whole process allocates is counted, so nothing else may run.</summary>
[Collection(nameof(Alone))]
public sealed class MediaMemoryTests
{
    [Fact]
    public async Task A_hundred_files_of_5_MB_at_once_cost_little_memory()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var urls = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            (string)(await twilio.MakeAsync(new { contentType = "image/jpeg", sizeBytes = 5_000_000 }))["url"]!));
        var before = GC.GetTotalAllocatedBytes();

        var sizes = await Task.WhenAll(urls.Select(async url =>
        {
            using var file = await twilio.OpenAsync(url);
            var buffer = new byte[64 * 1024];
            await using var body = await file.Content.ReadAsStreamAsync();
            var size = 0;
            while (await body.ReadAsync(buffer) is var length and > 0)
                size += length;
            return size;
        }));

        sizes.ShouldAllBe(size => size == 5_000_000);
        // 500 MB went by; this test's own buffers and clients are in it too
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(200_000_000);
    }
}
