using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Edge.Notifications;

/// <summary>Templates over the API, from their first draft to their end.</summary>
public sealed class TemplateTests(SharedEdge edge) : IAsyncLifetime
{
    private Guid _user;
    private string _key = "";

    public async ValueTask InitializeAsync() => (_user, _key) = await edge.NewUserAsync("notifications");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_version_is_a_draft_until_it_is_published_and_an_earlier_one_can_come_back()
    {
        var made = await PostAsync(
            "", HttpStatusCode.Created, new { key = "welcome", variants = new[] { new { text = "One {{ name }}" } } });
        ((int?)made["publishedVersion"]).ShouldBeNull();
        var put = await SendAsync(
            HttpMethod.Put, "/welcome", HttpStatusCode.OK, new { variants = new[] { new { text = "Two {{ name }}" } } });
        ((int)put["latestVersion"]!).ShouldBe(2);

        var refused = await PostAsync("/welcome/rollback", HttpStatusCode.Conflict, new { version = 1 });
        refused["detail"]!.ToString().ShouldContain("never published");
        Published(await PostAsync("/welcome/publish", HttpStatusCode.OK, new { version = 1 })).ShouldBe(1);
        // without a number it is the latest
        Published(await PostAsync("/welcome/publish", HttpStatusCode.OK, new { })).ShouldBe(2);
        Published(await PostAsync("/welcome/rollback", HttpStatusCode.OK, new { version = 1 })).ShouldBe(1);

        var latest = await GetAsync("/welcome");
        latest["variants"]![0]!["text"]!.ToString().ShouldBe("Two {{ name }}");
        latest["versions"]!.AsArray().Select(version => (int)version!["version"]!).ShouldBe([2, 1]);
        (await GetAsync("/welcome?version=1"))["variants"]![0]!["text"]!.ToString().ShouldBe("One {{ name }}");
        await SendAsync(HttpMethod.Get, "/welcome?version=3", HttpStatusCode.NotFound, null);
        await PostAsync("/welcome/publish", HttpStatusCode.NotFound, new { version = 3 });

        await SendAsync(HttpMethod.Delete, "/welcome", HttpStatusCode.NoContent, null);
        await SendAsync(HttpMethod.Get, "/welcome", HttpStatusCode.NotFound, null);
        (await CountAsync("template_versions")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_wrong_in_a_source_is_said_by_its_field_line_and_column()
    {
        var problem = await PostAsync("", HttpStatusCode.BadRequest, new
        {
            key = "Not A Key",
            variants = new object[]
            {
                new { html = "<p>\n{{ a | nope }}</p>" },
                new { channel = "pigeon", locale = "german", text = "{% if a %}" },
                new { channel = "sms", whatsapp = new { name = "order", language = "en", parameters = new[] { "{{ a" } } },
                new { html = "x" },
                new { channel = "push" },
            },
        });

        problem["type"]!.ToString().ShouldEndWith("validation");
        var errors = problem["errors"]!.AsArray().Select(error => (error!["name"]!.ToString(), error["reason"]!.ToString())).ToDictionary();
        errors.Keys.ShouldBe(
            [
                "key", "variants[0].html", "variants[1].channel", "variants[1].locale", "variants[1].text", "variants[2].whatsapp",
                "variants[2].whatsapp.parameters[0]", "variants[3]", "variants[4]",
            ],
            ignoreOrder: true);
        errors["variants[0].html"].ShouldBe("Line 2, column 6: There is no filter 'nope'.");
        errors["variants[1].text"].ShouldBe("Line 1, column 11: '{% endif %}' was expected");
        errors["variants[3]"].ShouldBe("There is another variant of this channel and language.");
        (await CountAsync("templates")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"key":"a","category":"nothing","variants":[{"text":"x"}]}""", "category")]
    [InlineData("""{"key":"a","layout":"nothing","variants":[{"text":"x"}]}""", "layout")]
    [InlineData("""{"key":"a","variants":[]}""", "variants")]
    [InlineData("""{"key":"a","variants":[null]}""", "variants[0]")]
    [InlineData("""{"key":"a","kind":"page","variants":[{"text":"x"}]}""", "kind")]
    [InlineData("""{"key":"a","kind":"layout","variants":[{"text":"no content"}]}""", "variants[0].text")]
    [InlineData("""{"key":"a","kind":"layout","layout":"b","variants":[{"text":"{{ content }}"}]}""", "layout")]
    public async Task What_a_template_cannot_be_is_refused(string body, string field)
    {
        var problem = await SendAsync(HttpMethod.Post, "", HttpStatusCode.BadRequest, new StringContent(body, null, "application/json"));

        problem["errors"]![0]!["name"]!.ToString().ShouldBe(field);
    }

    [Fact]
    public async Task Sources_that_are_too_large_together_are_refused()
    {
        var half = new string('x', 150_000);

        var problem = await PostAsync(
            "", HttpStatusCode.BadRequest, new { key = "large", variants = new[] { new { text = half, html = half } } });

        problem["errors"]![0]!["reason"]!.ToString().ShouldBe("The sources have 300000 bytes together; 262144 are the most.");
    }

    [Fact]
    public async Task A_preview_renders_a_draft_in_its_layout_and_says_what_is_cut_and_what_is_missing()
    {
        await PostAsync("", HttpStatusCode.Created, new
        {
            key = "frame",
            kind = "layout",
            variants = new[] { new { html = "<html>{{ content }}</html>", text = "{{ content }}\nAcme" } },
        });
        await PostAsync("", HttpStatusCode.Created, new
        {
            key = "order",
            layout = "frame",
            category = "default",
            variants = new object[]
            {
                new { subject = "Order {{ id }}", html = "<p>Hi {{ name }}</p>" },
                new { channel = "sms", locale = "de", text = "Bestellung {{ id }}: {{ lines }} 😀" },
            },
        });

        var mail = await PostAsync("/order/preview", HttpStatusCode.OK, new { channel = "email", data = new { id = 7, name = "<Ann>" } });
        mail["subject"]!.ToString().ShouldBe("Order 7");
        mail["html"]!.ToString().ShouldBe("<html><p>Hi &lt;Ann&gt;</p></html>");
        mail["text"]!.ToString().ShouldBe("Hi <Ann>");
        mail["problems"]!.AsArray().ShouldBeEmpty();

        var sms = await PostAsync(
            "/order/preview", HttpStatusCode.OK, new { channel = "sms", locale = "de-AT", data = new { lines = new string('x', 2_000) } });
        ((bool)sms["cut"]!).ShouldBeTrue();
        sms["unit"]!.ToString().ShouldBe("smsCharacters");
        ((int)sms["limit"]!).ShouldBe(1_600);
        ((int)sms["segments"]!).ShouldBe(31);
        sms["text"]!.ToString().Length.ShouldBe(1_600);
        sms["problems"]!.AsArray().Select(problem => problem!.ToString()).ShouldBe(
            ["The text is longer than the channel sms takes, and was cut.", "The data have no 'id'."]);

        var looping = new { variants = new[] { new { text = "{% for i in (1..n) %}{% for j in (1..n) %}x{% endfor %}{% endfor %}" } } };
        await SendAsync(HttpMethod.Put, "/order", HttpStatusCode.OK, looping);
        var failed = await PostAsync("/order/preview", HttpStatusCode.OK, new { channel = "sms", data = new { n = 10_000 } });
        failed["text"].ShouldBeNull();
        failed["problems"]![0]!.ToString().ShouldBe("text: The template takes more than 50000 steps.");
    }

    [Fact]
    public async Task A_template_needs_its_layout_published_and_keeps_it()
    {
        await PostAsync(
            "", HttpStatusCode.Created, new { key = "frame", kind = "layout", variants = new[] { new { text = "{{ content }}" } } });
        await PostAsync("", HttpStatusCode.Created, new { key = "a", layout = "frame", variants = new[] { new { text = "x" } } });

        var refused = await PostAsync("/a/publish", HttpStatusCode.Conflict, new { });
        refused["detail"]!.ToString().ShouldBe("The layout 'frame' is not published.");
        await PostAsync("/frame/publish", HttpStatusCode.OK, new { });
        await PostAsync("/a/publish", HttpStatusCode.OK, new { });

        (await SendAsync(HttpMethod.Delete, "/frame", HttpStatusCode.Conflict, null))["detail"]!.ToString().ShouldContain("'a'");
        await SendAsync(HttpMethod.Delete, "/a", HttpStatusCode.NoContent, null);
        await SendAsync(HttpMethod.Delete, "/frame", HttpStatusCode.NoContent, null);
    }

    [Fact]
    public async Task The_list_goes_by_pages_newest_first_and_a_key_is_taken_once()
    {
        foreach (var key in (string[])["a", "b", "c"])
            await PostAsync("", HttpStatusCode.Created, new { key, variants = new[] { new { text = "x" } } });
        await PostAsync("", HttpStatusCode.Conflict, new { key = "b", variants = new[] { new { text = "x" } } });

        var first = await GetAsync("?limit=2");
        first["items"]!.AsArray().Select(item => item!["key"]!.ToString()).ShouldBe(["c", "b"]);
        var second = await GetAsync($"?limit=2&cursor={first["nextCursor"]}");
        second["items"]!.AsArray().Select(item => item!["key"]!.ToString()).ShouldBe(["a"]);
        (await GetAsync("?kind=layout"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_versions_go_but_not_the_published_one()
    {
        await PostAsync("", HttpStatusCode.Created, new { key = "a", variants = new[] { new { text = "x" } } });
        await PostAsync("/a/publish", HttpStatusCode.OK, new { });
        await edge.ExecuteAsync($"UPDATE templates SET latest_version = 60 WHERE user_id = '{_user}'");
        await edge.ExecuteAsync(
            $"""
            INSERT INTO template_versions (template_id, version, user_id, variants, source_bytes, created_at)
            SELECT id, number, user_id, '[]', 0, now() FROM templates, generate_series(2, 60) AS number WHERE user_id = '{_user}'
            """);

        await SendAsync(HttpMethod.Put, "/a", HttpStatusCode.OK, new { variants = new[] { new { text = "x" } } });

        (await GetAsync("/a"))["versions"]!.AsArray().Select(version => (int)version!["version"]!)
            .ShouldBe([.. Enumerable.Range(12, 50).Reverse(), 1]);
    }

    private static int? Published(JsonNode template) => (int?)template["publishedVersion"];

    private Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, HttpStatusCode.OK, null);

    private Task<JsonNode> PostAsync(string path, HttpStatusCode status, object body) => SendAsync(HttpMethod.Post, path, status, body);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpStatusCode status, object? body)
    {
        var content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body));
        using var answer = await edge.SendAsync(method, _key, "/api/templates" + path, content);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private async Task<long> CountAsync(string table)
    {
        await using var command = edge.Database.CreateCommand($"SELECT count(*) FROM {table} WHERE user_id = $1");
        command.Parameters.AddWithValue(_user);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
