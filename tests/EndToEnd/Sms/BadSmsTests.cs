using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Sms;

/// <summary>SMS that are odd, false or hostile: all handled, none lost, nothing kept of what lied.</summary>
public sealed class BadSmsTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_wrong_signature_is_refused_without_a_hint_and_a_right_one_is_taken()
    {
        var phone = await Phone.VerifiedAsync(app);
        var fields = TwilioRequest.Text(phone.Number, "Signed");

        using var changed = await TwilioRequest.PostAsync(phone.Owner.Http, fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        using var none = await TwilioRequest.PostAsync(phone.Owner.Http, fields, "");
        var (first, second) = (await changed.Content.ReadAsStringAsync(), await none.Content.ReadAsStringAsync());
        using var right = await TwilioRequest.PostAsync(phone.Owner.Http, fields);

        changed.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        none.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        WithoutTrace(first).ShouldBe(WithoutTrace(second));
        first.ShouldNotContain("ignature");
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        right.Content.Headers.ContentType!.MediaType.ShouldBe("text/xml");
        (await phone.SettledAsync(fields[0].Item2, 1))[0]["text"]!.GetValue<string>().ShouldBe("Signed");
    }

    [Fact]
    public async Task A_sender_that_is_no_number_is_taken_as_it_came_and_a_number_to_link_must_be_one()
    {
        using var answer = await TwilioRequest.PostAsync(app.Edge.Http, TwilioRequest.Text("SUPPORT", "Hello"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        var problem = await app.Edge.PostAsync("/api/phone-numbers", new { phoneNumber = "12345" }, HttpStatusCode.BadRequest);
        problem.ToJsonString().ShouldContain("E.164");
    }

    [Theory]
    [InlineData("🎉🎉🎉")]
    [InlineData("مرحبا، الموعد غداً")]
    [InlineData("明天见 ¥1,200")]
    [InlineData("a\0b")]
    [InlineData("")]
    public async Task An_sms_in_any_script_is_an_item(string body)
    {
        var phone = await Phone.VerifiedAsync(app);
        var fields = TwilioRequest.Text(phone.Number, body);

        using var answer = await TwilioRequest.PostAsync(phone.Owner.Http, fields);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var item = (await phone.SettledAsync(fields[0].Item2, 1))[0];
        ((string)item["status"]!).ShouldBe("completed");
        ((string)item["text"]!).ShouldBe(body.Replace('\0', '\uFFFD'));
    }

    [Fact]
    public async Task Fifty_files_are_fifty_items()
    {
        var phone = await Phone.VerifiedAsync(app);
        var media = Enumerable.Range(0, 50).Select(_ => (object)new { contentType = "image/jpeg", sizeBytes = 2_000 }).ToArray();

        var items = await phone.SettledAsync((string)(await phone.TextAsync("Fifty", media))["messageSid"]!, 51);

        items.ShouldAllBe(item => (string)item["status"]! == "completed");
        items.Select(item => (int)item["part"]!).ShouldBe(Enumerable.Range(0, 51));
    }

    [Fact]
    public async Task Media_that_lies_or_is_too_large_is_failed_with_the_reason_and_nothing_of_it_is_kept()
    {
        var phone = await Phone.VerifiedAsync(app);
        var sent = await phone.TextAsync(
            "Look",
            new { contentType = "image/png", sizeBytes = 10_000, actualContentType = "application/pdf" },
            new { contentType = "image/png", sizeBytes = 6_000_000 },
            new { contentType = "image/png", sizeBytes = 6_000_000, chunked = true },
            new { contentType = "image/png", sizeBytes = 10_000 });

        var items = await phone.SettledAsync((string)sent["messageSid"]!, 5);

        items.Select(item => (string)item["status"]!).ShouldBe(["completed", "failed", "failed", "failed", "completed"]);
        ((string)items[1]["reason"]!).ShouldContain("application/pdf");
        ((string)items[2]["reason"]!).ShouldContain("5 MB");
        ((string)items[3]["reason"]!).ShouldContain("5 MB");
        foreach (var failed in items.Skip(1).Take(3))
            (await phone.Owner.GetAsync($"/api/enrichments/{failed["id"]}"))["media"].ShouldBeNull();
        var user = Path.GetDirectoryName(Directory.EnumerateFiles(app.MediaFolder, $"{items[4]["id"]}*", SearchOption.AllDirectories).ShouldHaveSingleItem())!;
        Directory.EnumerateFiles(user).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("http://127.0.0.1:5432/secret.png")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("https://10.0.0.1/picture.png")]
    [InlineData("http://[::1]/picture.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://media.evil.test/picture.png")]
    public async Task A_media_address_that_is_not_the_providers_is_refused(string url)
    {
        var phone = await Phone.VerifiedAsync(app);
        var fields = TwilioRequest.Text(phone.Number, "Look", null, url);

        using var answer = await TwilioRequest.PostAsync(phone.Owner.Http, fields);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var items = await phone.SettledAsync(fields[0].Item2, 2);
        ((string)items[1]["status"]!).ShouldBe("failed");
        ((string)items[1]["reason"]!).ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_redirect_to_a_private_address_is_refused()
    {
        var phone = await Phone.VerifiedAsync(app);
        var sent = await phone.TextAsync("Look", new { contentType = "image/png", sizeBytes = 1_000, redirectTo = "http://127.0.0.1:1/x.png" });

        var items = await phone.SettledAsync((string)sent["messageSid"]!, 2);

        ((string)items[1]["status"]!).ShouldBe("failed");
    }

    [Fact]
    public async Task Anothers_numbers_and_items_are_not_found()
    {
        var phone = await Phone.VerifiedAsync(app);
        var item = (await phone.SettledAsync((string)(await phone.TextAsync("Mine"))["messageSid"]!, 1))[0];
        var otherUser = await app.Edge.NewUserAsync();

        foreach (var (method, path) in new[]
                 {
                     (HttpMethod.Get, $"/api/enrichments/{item["id"]}"), (HttpMethod.Delete, $"/api/enrichments/{item["id"]}"),
                     (HttpMethod.Post, $"/api/enrichments/{item["id"]}/retry"), (HttpMethod.Delete, $"/api/phone-numbers/{phone.Id}"),
                     (HttpMethod.Post, $"/api/phone-numbers/{phone.Id}/code"),
                 })
            (await otherUser.SendAsync(method, path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        // a code was sent to it a moment ago, whoever asked; nobody says whose it is
        (await otherUser.SendAsync(HttpMethod.Post, "/api/phone-numbers", new { phoneNumber = phone.Number }))
            .StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task After_five_wrong_codes_the_number_pauses_also_for_the_right_one()
    {
        var phone = new Phone(app, await app.Edge.NewUserAsync());
        await phone.LinkAsync();
        var right = await phone.ReadCodeAsync();
        var wrong = right == "000000" ? "000001" : "000000";

        for (var tries = 4; tries >= 1; tries--)
            ((int)(await phone.Owner.PostAsync($"/api/phone-numbers/{phone.Id}/verify", new { code = wrong }, HttpStatusCode.UnprocessableEntity))["triesLeft"]!)
                .ShouldBe(tries);
        await phone.Owner.SendAsync(HttpMethod.Post, $"/api/phone-numbers/{phone.Id}/verify", new { code = wrong });

        using var paused = await phone.Owner.SendAsync(HttpMethod.Post, $"/api/phone-numbers/{phone.Id}/verify", new { code = right });
        paused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        paused.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static string WithoutTrace(string problem)
    {
        var node = JsonNode.Parse(problem)!.AsObject();
        node.Remove("traceId");
        return node.ToJsonString();
    }
}
