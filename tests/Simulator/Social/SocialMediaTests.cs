using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Social;

public sealed class SocialMediaTests
{
    [Fact]
    public async Task A_container_of_Instagram_takes_its_time_is_published_once_and_dies_after_a_day()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await simulator.ControlAsync("/_sim/social/settings", new { platform = "instagram", processingSeconds = 60 });
        var ann = await SocialUser.SignInAsync(simulator, "instagram");
        var (container, left) = (await ann.PrepareAsync("Hello"), await ann.PrepareAsync("Left"));

        using var early = await ann.PostAsync("Hello", container);
        var working = await StatusAsync(container);
        clock.Advance(TimeSpan.FromSeconds(60));
        var finished = await StatusAsync(container);
        (await ann.PostAsync("Hello", container)).IsSuccessStatusCode.ShouldBeTrue();
        using var again = await ann.PostAsync("Hello", container);
        clock.Advance(TimeSpan.FromDays(1));

        ((int)(await early.ReadJsonAsync())["error"]!["error_subcode"]!).ShouldBe(2207027);
        (working, finished, await StatusAsync(container), await StatusAsync(left))
            .ShouldBe(("IN_PROGRESS", "FINISHED", "PUBLISHED", "EXPIRED"));
        ((int)again.StatusCode).ShouldBe(400);

        async Task<string> StatusAsync(string? id) => (string)(await ann.GetAsync($"{id}?fields=status_code,status"))["status_code"]!;
    }

    [Theory]
    [InlineData("a.png", 2207005)]
    [InlineData("none/a.jpg", 2207052)]
    public async Task Instagram_fetches_jpegs_alone(string name, int subcode)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "instagram");

        using var refused = await ann.CallAsync(
            HttpMethod.Post, $"{ann.Id}/media", SocialUser.Form(("image_url", $"{simulator.Edge.Url}/media/{name}")));

        ((int)(await refused.ReadJsonAsync())["error"]!["error_subcode"]!).ShouldBe(subcode);
    }

    [Fact]
    public async Task A_post_of_Facebook_has_the_photos_that_were_uploaded_for_it()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "facebook");
        var photo = (string)(await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, $"{ann.Id}/photos", SocialUser.Form(
            ("url", $"{simulator.Edge.Url}/media/a.jpg"), ("published", "false"), ("alt_text_custom", "A sunset")))))["id"]!;

        await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, $"{ann.Id}/feed", SocialUser.Form(
            ("message", "Look"), ("attached_media[0]", $$"""{"media_fbid":"{{photo}}"}"""))));

        await PostedAsync(simulator, "Look", "image/jpeg", "A sunset");
    }

    [Fact]
    public async Task A_video_of_X_is_appended_in_segments_and_processed()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        var ann = await SocialUser.SignInAsync(simulator, "x");
        var file = EdgeReceiver.FileOf("a.mp4");
        var id = (string)(await SendAsync("2/media/upload/initialize", JsonContent.Create(
            new { media_type = "video/mp4", total_bytes = file.Length, media_category = "tweet_video" })))["data"]!["id"]!;
        foreach (var (segment, bytes) in new[] { (0, file[..1_000]), (1, file[1_000..]) })
        {
            await SendAsync($"2/media/upload/{id}/append", new MultipartFormDataContent
            {
                { new StringContent($"{segment}"), "segment_index" }, { new ByteArrayContent(bytes), "media", "segment" },
            });
        }

        var finished = await SendAsync($"2/media/upload/{id}/finalize", null);
        using var early = await ann.CallAsync(HttpMethod.Post, "2/tweets",
            JsonContent.Create(new { text = "Look", media = new { media_ids = new[] { id } } }));
        clock.Advance(TimeSpan.FromSeconds((int)finished["data"]!["processing_info"]!["check_after_secs"]!));
        var status = await ann.GetAsync($"2/media/upload?command=STATUS&media_id={id}");
        await SendAsync("2/tweets", JsonContent.Create(new { text = "Look", media = new { media_ids = new[] { id } } }));

        ((int)early.StatusCode).ShouldBe(400);
        ((string)status["data"]!["processing_info"]!["state"]!).ShouldBe("succeeded");
        await PostedAsync(simulator, "Look", "video/mp4", null);

        async Task<JsonNode> SendAsync(string path, HttpContent? content) =>
            await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, path, content));
    }

    [Fact]
    public async Task An_image_of_LinkedIn_is_put_at_its_address_and_available_after_a_while()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        var ann = await SocialUser.SignInAsync(simulator, "linkedin");
        var author = $"urn:li:person:{ann.Id}";
        var begun = (await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, "rest/images?action=initializeUpload",
            JsonContent.Create(
            new { initializeUploadRequest = new { owner = author } }))))["value"]!;
        var image = (string)begun["image"]!;
        (await simulator.Http.PutAsync((string)begun["uploadUrl"]!,
            new ByteArrayContent(EdgeReceiver.FileOf("a.png")))).IsSuccessStatusCode.ShouldBeTrue();

        var processing = await StatusAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        (processing, await StatusAsync()).ShouldBe(("PROCESSING", "AVAILABLE"));
        await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, "rest/posts", JsonContent.Create(new
        {
            author,
            commentary = "Look",
            visibility = "PUBLIC",
            distribution = new { feedDistribution = "MAIN_FEED" },
            lifecycleState = "PUBLISHED",
            content = new { media = new { id = image, altText = "A sunset" } },
        })));
        await PostedAsync(simulator, "Look", "image/png", "A sunset");

        async Task<string> StatusAsync() => (string)(await ann.GetAsync($"rest/images/{Uri.EscapeDataString(image)}"))["status"]!;
    }

    [Fact]
    public async Task A_video_of_Mastodon_cannot_be_posted_until_it_is_processed()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        var ann = await SocialUser.SignInAsync(simulator, "mastodon");
        using var uploaded = await ann.CallAsync(HttpMethod.Post, "api/v2/media", new MultipartFormDataContent
        {
            { new ByteArrayContent(EdgeReceiver.FileOf("a.mp4")), "file", "a.mp4" }, { new StringContent("A sunset"), "description" },
        });
        var id = (string)(await uploaded.ReadJsonAsync())["id"]!;

        using var processing = await ann.CallAsync(HttpMethod.Get, $"api/v1/media/{id}");
        using var early = await PostAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var done = await ann.CallAsync(HttpMethod.Get, $"api/v1/media/{id}");
        using var posted = await PostAsync();

        ((int)uploaded.StatusCode, (int)processing.StatusCode, (int)done.StatusCode).ShouldBe((202, 206, 200));
        ((int)early.StatusCode, (int)posted.StatusCode).ShouldBe((422, 200));
        await PostedAsync(simulator, "Look", "video/mp4", "A sunset");

        Task<HttpResponseMessage> PostAsync() => ann.CallAsync(
            HttpMethod.Post, "api/v1/statuses", JsonContent.Create(new { status = "Look", media_ids = new[] { id } }));
    }

    [Fact]
    public async Task An_image_of_Bluesky_is_a_blob_that_is_there_and_not_too_large()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var ann = await SocialUser.SignInAsync(simulator, "bluesky");
        var (small, large) = (await UploadAsync(0), await UploadAsync(2_000_000));

        using var posted = await PostAsync(small);
        using var tooLarge = await PostAsync(large);

        posted.IsSuccessStatusCode.ShouldBeTrue(await posted.Content.ReadAsStringAsync());
        (await tooLarge.Content.ReadAsStringAsync()).ShouldContain("too large");
        await PostedAsync(simulator, "Look", "image/jpeg", "A sunset");

        async Task<JsonNode> UploadAsync(int more)
        {
            using var content = new ByteArrayContent([.. EdgeReceiver.FileOf("a.jpg"), .. new byte[more]]);
            content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            return (await SocialUser.OkAsync(await ann.CallAsync(HttpMethod.Post, "xrpc/com.atproto.repo.uploadBlob", content)))["blob"]!;
        }

        Task<HttpResponseMessage> PostAsync(JsonNode blob)
        {
            var record = SocialUser.Record("Look");
            record["embed"] = new JsonObject
            {
                ["$type"] = "app.bsky.embed.images",
                ["images"] = new JsonArray(new JsonObject { ["alt"] = "A sunset", ["image"] = blob.DeepClone() }),
            };
            return ann.CallAsync(HttpMethod.Post, "xrpc/com.atproto.repo.createRecord", JsonContent.Create(new JsonObject
            {
                ["repo"] = ann.Id,
                ["collection"] = "app.bsky.feed.post",
                ["record"] = record,
            }));
        }
    }

    private static async Task PostedAsync(RunningSimulator simulator, string text, string contentType, string? altText)
    {
        var post = (await simulator.GetAsync("/_sim/social/posts"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)post["text"]!).ShouldBe(text);
        var media = post["media"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)media["contentType"]!).ShouldBe(contentType);
        ((string?)media["altText"]).ShouldBe(altText);
    }
}
