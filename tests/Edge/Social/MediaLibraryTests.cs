using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace Switchboard.Tests.Edge.Social;

/// <summary>An edge that takes three megabytes a request, and twice that of each user.</summary>
public sealed class SmallLibrary : EdgeProcess
{
    /// <summary>Where it has files while they come.</summary>
    public string Temp { get; } = Directory.CreateTempSubdirectory("switchboard-temp-").FullName;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Social__Media__PartMegabytes"] = "3",
        ["Social__Media__QuotaMegabytes"] = "6",
        ["Social__Media__MaxMegabytes"] = "6",
        ["Social__Media__MaxFiles"] = "8",
        ["Media__TempFolder"] = Temp,
    };

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Temp, recursive: true);
    }
}

/// <summary>Files, from their announcement to their end.</summary>
public sealed class MediaLibraryTests(SmallLibrary library) : SocialTest(library), IClassFixture<SmallLibrary>
{
    private const int Part = 3 * 1024 * 1024;

    [Fact]
    public async Task A_file_that_comes_in_one_request_is_looked_at_kept_and_given_back()
    {
        var file = SampleMedia.Png(800, 600, padding: 5_000);
        var id = await AnnounceAsync(file.Length, "Über uns.png");
        var done = await PatchAsync(id, 0, file);

        ((string)done["state"]!, (string)done["contentType"]!, (int)done["width"]!, (int)done["height"]!).ShouldBe(("ready", "image/png", 800, 600));
        using var answer = await Edge.GetAsync(Key, $"/api/media-library/{id}/content");
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(file);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        answer.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe("Über uns.png");
        ((string)(await SendAsync(HttpMethod.Put, $"/api/media-library/{id}", HttpStatusCode.OK, new { altText = "Us" }))["altText"]!).ShouldBe("Us");
        await PatchAsync(id, file.Length, [], HttpStatusCode.Conflict);
        (await GetAsync("/api/media-library?state=ready&page=1"))["items"]!.AsArray().Select(item => (string)item!["id"]!).ShouldContain(id);
    }

    [Fact]
    public async Task A_user_has_so_many_files_at_the_most_however_small_and_those_that_were_refused_count()
    {
        for (var number = 0; number < 8; number++)
            await AnnounceAsync(1);
        await Edge.ExecuteAsync($"UPDATE social_media SET state = 'refused' WHERE user_id = '{User}'");

        TypeOf(await PostAsync("/api/media-library", HttpStatusCode.Conflict, new { fileName = "more.png", totalBytes = 1 })).ShouldBe("media-quota");
    }

    [Fact]
    public async Task An_upload_goes_on_where_a_broken_connection_left_it()
    {
        var file = SampleMedia.Png(800, 600, padding: 5_700_000);
        var id = await AnnounceAsync(file.Length);
        await BreakAsync(id, file, sent: 2_300_000);
        var offset = await OffsetAsync(id, atLeast: 1);
        offset.ShouldBe(2_300_000);

        await PatchAsync(id, 0, file[..100], HttpStatusCode.Conflict);
        await PatchAsync(id, offset + 1, file[..100], HttpStatusCode.Conflict);
        await PatchAsync(id, offset, new byte[Part + 1], HttpStatusCode.RequestEntityTooLarge);
        (await OffsetAsync(id)).ShouldBe(offset, "what was refused does not count");
        var next = offset + Part;
        ((string)(await PatchAsync(id, offset, file[offset..next]))["state"]!).ShouldBe("uploading");
        await PatchAsync(id, next, [.. file[next..], 1], HttpStatusCode.BadRequest);
        ((string)(await PatchAsync(id, next, file[next..]))["state"]!).ShouldBe("ready");

        using var answer = await Edge.GetAsync(Key, $"/api/media-library/{id}/content");
        (await answer.Content.ReadAsByteArrayAsync()).SequenceEqual(file).ShouldBeTrue();
        (await CountAsync($"social_media_parts WHERE media_id = '{id}'")).ShouldBe(0);
        await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_file_that_was_sent_counts_though_its_sender_is_gone_before_the_answer()
    {
        var file = SampleMedia.Png(800, 600, padding: 5_000);
        var id = await AnnounceAsync(file.Length);
        await using var connection = await Edge.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"SELECT FROM social_media WHERE id = '{id}' FOR UPDATE", connection, transaction))
            await hold.ExecuteNonQueryAsync();

        using (var client = new TcpClient { LingerState = new(enable: true, seconds: 0) })
        {
            await client.ConnectAsync(Edge.Http.BaseAddress!.Host, Edge.Http.BaseAddress.Port);
            await BeginAsync(client.GetStream(), id, file.Length);
            await client.GetStream().WriteAsync(file);
            await UntilAsync(IsHeldAsync);
        }

        // long enough for whoever would give it up
        for (var looks = 0; looks < 50 && await IsHeldAsync(); looks++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await transaction.CommitAsync();
        await UntilAsync(async () => (string)(await GetAsync($"/api/media-library/{id}"))["state"]! == "ready");

        async Task<bool> IsHeldAsync() => await CountAsync("pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") > 0;
    }

    [Fact]
    public async Task What_no_platform_takes_is_refused_with_its_reason()
    {
        var file = "<html><script>alert(1)</script></html>"u8.ToArray();
        var id = await AnnounceAsync(file.Length, "photo.jpg");
        ((string)(await PatchAsync(id, 0, file[..10]))["state"]!).ShouldBe("uploading");

        var refused = await PatchAsync(id, 10, file[10..], HttpStatusCode.UnprocessableEntity);
        (TypeOf(refused), (string)refused["detail"]!).ShouldBe(("media-refused", "It is none of JPEG, PNG, GIF, WebP, MP4 and MOV, by its bytes."));
        var kept = await GetAsync($"/api/media-library/{id}");
        ((string)kept["state"]!, (string)kept["error"]!).ShouldBe(("refused", (string)refused["detail"]!));
        await SendAsync(HttpMethod.Get, $"/api/media-library/{id}/content", HttpStatusCode.NotFound);
        await PostAsync($"/api/media-library/{id}/link", HttpStatusCode.Conflict, new { });
        var post = await PostAsync(
            "/api/posts", HttpStatusCode.BadRequest,
            new { content = new { text = "With it", media = new[] { id } }, targets = new { accounts = await AccountsAsync("x") } });
        ((string)post["detail"]!).ShouldContain("was refused");
    }

    [Fact]
    public async Task A_link_opens_its_file_for_anybody_until_it_ends()
    {
        var file = SampleMedia.Video("isom", 640, 480, 1_500);
        var id = await AnnounceAsync(file.Length, "clip.mp4");
        ((int)(await PatchAsync(id, 0, file))["durationMs"]!).ShouldBe(1_500);
        var link = new Uri((string)(await PostAsync($"/api/media-library/{id}/link", HttpStatusCode.OK, new { minutes = 5 }))["url"]!);

        using var range = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new RangeHeaderValue(10, 19) } };
        using var part = await Edge.Http.SendAsync(range);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(file[10..20]);
        part.Content.Headers.ContentType!.MediaType.ShouldBe("video/mp4");

        var changed = link.AbsoluteUri[..^8] + "AAAAAAAA";
        (await Edge.Http.GetAsync(new Uri(changed))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await PostAsync($"/api/media-library/{id}/link", HttpStatusCode.BadRequest, new { minutes = 0 });
        await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.NoContent);
        (await Edge.Http.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_stays_while_a_post_that_is_not_out_needs_it()
    {
        var file = SampleMedia.Jpeg(1_080, 1_080);
        var id = await AnnounceAsync(file.Length, "photo.jpg");
        await PatchAsync(id, 0, file);
        var post = (string)(await PostAsync("/api/posts", HttpStatusCode.Created, new
        {
            content = new { text = "With a photo", platforms = new { mastodon = new { media = new[] { id } } } },
            targets = new { accounts = await AccountsAsync("mastodon") },
            scheduledAt = TimeProvider.System.GetUtcNow().AddDays(1),
        }))["id"]!;

        ((string)(await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.Conflict))["detail"]!).ShouldContain(post);
        await PostAsync($"/api/posts/{post}/cancel", HttpStatusCode.OK);
        await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.NotFound);
        (await CountAsync($"social_media WHERE id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task There_is_room_for_so_much_and_another_user_sees_none_of_it()
    {
        Fields(await PostAsync("/api/media-library", HttpStatusCode.BadRequest, new { fileName = "x", totalBytes = 2 * Part + 1 })).ShouldBe(["totalBytes"]);
        Fields(await PostAsync("/api/media-library", HttpStatusCode.BadRequest, new { fileName = " ", totalBytes = 0 })).ShouldBe(["fileName", "totalBytes"], ignoreOrder: true);
        var id = await AnnounceAsync(2 * Part - 10);
        TypeOf(await PostAsync("/api/media-library", HttpStatusCode.Conflict, new { fileName = "more.png", totalBytes = 11 })).ShouldBe("media-quota");

        var (_, other) = await Edge.NewUserAsync("social");
        foreach (var (method, path) in new[] { ("GET", ""), ("PATCH", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/content"), ("POST", "/link") })
            await SendAsync(
                HttpMethod.Parse(method), $"/api/media-library/{id}{path}", HttpStatusCode.NotFound, method is "PUT" or "POST" ? new { altText = "x" } : null, other);
        await SendAsync(HttpMethod.Delete, $"/api/media-library/{id}", HttpStatusCode.NoContent);
        await AnnounceAsync(2 * Part);
    }

    private async Task<string> AnnounceAsync(long bytes, string name = "a.png") =>
        (string)(await PostAsync("/api/media-library", HttpStatusCode.Created, new { fileName = name, totalBytes = bytes }))["id"]!;

    private Task<JsonNode> PatchAsync(string id, int offset, byte[] bytes, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync(
        HttpMethod.Patch, $"/api/media-library/{id}", expected,
        new ByteArrayContent(bytes) { Headers = { ContentType = new("application/offset+octet-stream") } }, null,
        ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)));

    // announces all of the file, sends some, and is gone
    private async Task BreakAsync(string id, byte[] file, int sent)
    {
        using var client = new TcpClient { LingerState = new(enable: true, seconds: 0) };
        await client.ConnectAsync(Edge.Http.BaseAddress!.Host, Edge.Http.BaseAddress.Port);
        await using var stream = client.GetStream();
        await BeginAsync(stream, id, Part);
        await stream.WriteAsync(file.AsMemory(0, sent));
        await UntilAsync(() => Task.FromResult(Directory.EnumerateFiles(library.Temp, "*", SearchOption.AllDirectories)
            .Any(file => new FileInfo(file).Length == sent)));
    }

    private ValueTask BeginAsync(NetworkStream stream, string id, int length) => stream.WriteAsync(Encoding.ASCII.GetBytes(
        $"PATCH /api/media-library/{id} HTTP/1.1\r\nHost: {Edge.Http.BaseAddress!.Authority}\r\nAuthorization: Bearer {Key}\r\n"
        + $"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\r\n"));

    // by HEAD, when it is so far
    private async Task<int> OffsetAsync(string id, int atLeast = 0)
    {
        var offset = 0;
        await UntilAsync(async () =>
        {
            using var head = await Edge.SendAsync(HttpMethod.Head, Key, $"/api/media-library/{id}", null);
            offset = int.Parse(head.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
            return offset >= atLeast;
        });
        return offset;
    }

    // what the edge does in its own time, which nothing tells
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isSo())
            await Task.Delay(20, patience.Token);
    }
}
