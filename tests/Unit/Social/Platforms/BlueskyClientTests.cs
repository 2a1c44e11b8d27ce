using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;
using static Switchboard.Tests.Unit.Social.Platforms.FakePlatform;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Posts of Bluesky: one record under one key, whatever happens; facets in bytes.</summary>
public sealed class BlueskyClientTests
{
    private const string Made = """{"uri":"at://did:plc:demo/app.bsky.feed.post/key","cid":"bafy"}""";
    private readonly FakePlatform _platform = new();
    private readonly BlueskyClient _client;

    public BlueskyClientTests() => _client = new(_platform, _platform.Time);

    [Fact]
    public async Task Each_attempt_writes_the_same_record_under_the_same_key()
    {
        _platform.On("POST xrpc/com.atproto.repo.putRecord", Lost(), Json(Made));
        var target = Target.Of(SocialPlatforms.Bluesky, "hello");
        await Target.FailsAsync(() => _client.SendAsync(target, CancellationToken.None), FailureKind.UnknownOutcome);
        _platform.Time.Advance(TimeSpan.FromMinutes(3));
        var again = await (target with { Attempt = 2 }).PreparedAsync(_client, _platform);
        await _client.SendAsync(again, CancellationToken.None);
        await _client.SendAsync(again with { Attempt = 3, DueAt = target.DueAt.AddHours(2) }, CancellationToken.None);

        _platform.Of("POST xrpc/com.atproto.repo.putRecord").Select(asked => asked.Json.GetProperty("rkey").GetString()).Distinct()
            .ShouldBe([RecordKey.Of(Target.Id)], "another time makes no other post");
        var body = _platform.Of("POST xrpc/com.atproto.repo.putRecord").Take(2).Select(asked => asked.Body).Distinct().ShouldHaveSingleItem();
        body.ShouldBe(
            $$$"""{"repo":"did:plc:demo","collection":"app.bsky.feed.post","rkey":"{{{RecordKey.Of(Target.Id)}}}","record":{"$type":"app.bsky.feed.post","text":"hello","createdAt":"2026-11-29T14:00:00.000Z"}}""");
    }

    [Fact]
    public void A_key_is_a_TID_of_its_time_and_the_targets_differ()
    {
        var at = new DateTimeOffset(2026, 11, 29, 14, 0, 0, TimeSpan.Zero);
        var keys = Enumerable.Range(0, 20_000).Select(_ => RecordKey.Of(Guid.CreateVersion7(at))).ToList();
        keys.Distinct().Count().ShouldBe(20_000);
        keys.ShouldAllBe(key => key.Length == 13 && key.All(letter => "234567abcdefghijklmnopqrstuvwxyz".Contains(letter)) && key[0] < 'k');
        string.CompareOrdinal(keys.Max(StringComparer.Ordinal), RecordKey.Of(Guid.CreateVersion7(at.AddMinutes(18)))).ShouldBeLessThan(0);

        // the specification's epoch: 2222222222222 is zero
        RecordKey.Of(Guid.CreateVersion7(DateTimeOffset.UnixEpoch))[..5].ShouldBe("22222");
    }

    [Fact]
    public async Task Images_keep_their_order_alternative_texts_and_shape()
    {
        _platform.On("POST xrpc/com.atproto.repo.uploadBlob", Blob("one"), Blob("two")).On("POST xrpc/com.atproto.repo.putRecord", Json(Made));
        var target = await Target.Of(SocialPlatforms.Bluesky, "two", Target.Image(content: "first"), Target.Image(2, "image/png"))
            .PreparedAsync(_client, _platform);
        await _client.SendAsync(target, CancellationToken.None);
        _platform.Of("POST xrpc/com.atproto.repo.uploadBlob").First().Body.ShouldBe("first");
        _platform.Of("POST xrpc/com.atproto.repo.putRecord").Single().Json.GetProperty("record").GetProperty("embed").GetRawText().ShouldBe(
            """{"$type":"app.bsky.embed.images","images":[{"image":{"$type":"blob","ref":{"$link":"one"},"mimeType":"image/jpeg","size":7},"alt":"A cat","aspectRatio":{"width":800,"height":600}},{"image":{"$type":"blob","ref":{"$link":"two"},"mimeType":"image/jpeg","size":7},"alt":"A cat","aspectRatio":{"width":800,"height":600}}]}""");

        static Func<HttpResponseMessage> Blob(string cid) => Json(
            $$$"""{"blob":{"$type":"blob","ref":{"$link":"{{{cid}}}"},"mimeType":"image/jpeg","size":7}}""");
    }

    [Fact]
    public void Facets_are_offsets_in_UTF8()
    {
        const string Text = "Grüße 👍 an @cat.example und @niemand.example: https://a.at/x#y. #schön";
        var facets = BlueskyRecord.FacetsOf(Text, new Dictionary<string, string> { ["cat.example"] = "did:plc:cat", ["niemand.example"] = "" });
        var bytes = Encoding.UTF8.GetBytes(Text);
        facets.Select(facet => (
            Encoding.UTF8.GetString(bytes[facet.Index.ByteStart..facet.Index.ByteEnd]),
            facet.Features.Single().Did ?? facet.Features.Single().Uri ?? facet.Features.Single().Tag)).ShouldBe([
            ("@cat.example", "did:plc:cat"), ("https://a.at/x#y", "https://a.at/x#y"), ("#schön", "schön")]);
    }

    [Fact]
    public void Facets_of_any_text_are_parts_of_it_in_their_order()
    {
        var piece = Gen.Elements(
            "ü", "👍🏽", "日本", " ", "\n", "#", "＃", "tag", "@", "cat.example", "@cat.example", "https://", "https://a.at/x", ".", ")", "(", "/", "1");
        var mentions = new Dictionary<string, string> { ["cat.example"] = "did:plc:cat" };
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(piece.ArrayOf().ToArbitrary(), pieces =>
        {
            var text = string.Concat(pieces);
            var bytes = Encoding.UTF8.GetBytes(text);
            var end = 0;
            foreach (var facet in BlueskyRecord.FacetsOf(text, mentions))
            {
                facet.Index.ByteStart.ShouldBeGreaterThanOrEqualTo(end);
                end = facet.Index.ByteEnd;
                var feature = facet.Features.Single();
                var part = Encoding.UTF8.GetString(bytes[facet.Index.ByteStart..end]);
                part.ShouldBe(feature.Uri ?? (feature.Tag is null ? "@cat.example" : part[..1] + feature.Tag));
            }
        }));
    }

    [Fact]
    public async Task A_handle_that_nobody_has_stays_text()
    {
        _platform.On("GET xrpc/com.atproto.identity.resolveHandle?handle=cat.example", Json("""{"did":"did:plc:cat"}"""))
            .On("GET xrpc/com.atproto.identity.resolveHandle?handle=nobody.example", Json(400, """{"error":"InvalidRequest","message":"Unable to resolve handle"}"""))
            .On("POST xrpc/com.atproto.repo.putRecord", Json(Made));
        var target = await Target.Of(SocialPlatforms.Bluesky, "@cat.example @nobody.example @short").PreparedAsync(_client, _platform);
        target = await target.PreparedAsync(_client, _platform);
        _platform.Requests.Count.ShouldBe(2); // once each
        await _client.SendAsync(target, CancellationToken.None);
        _platform.Requests[^1].Json.GetProperty("record").GetProperty("facets").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Reading_back_asks_for_the_record_by_its_key()
    {
        var target = await Target.Of(SocialPlatforms.Bluesky, "hello").PreparedAsync(_client, _platform);
        var route = $"GET xrpc/com.atproto.repo.getRecord?repo=did%3Aplc%3Ademo&collection=app.bsky.feed.post&rkey={RecordKey.Of(Target.Id)}";
        foreach (var absent in (string[])["""{"error":"RecordNotFound","message":"no"}""", """{"error":"InvalidRequest","message":"Could not locate record: at://x"}"""])
        {
            _platform.On(route, Json(400, absent));
            (await ReadAsync()).ShouldBeOfType<ReadBack.Absent>();
        }

        _platform.On(route, Json(Made));
        (await ReadAsync()).ShouldBeOfType<ReadBack.Found>().Post.RemoteId.ShouldBe("at://did:plc:demo/app.bsky.feed.post/key");
        _platform.On(route, Json(502, ""));
        await Target.FailsAsync(ReadAsync, FailureKind.Transient);

        Task<ReadBack> ReadAsync() => _client.ReadBackAsync(target, _platform.Now, CancellationToken.None);
    }

    [Fact]
    public async Task A_post_is_deleted_by_its_key()
    {
        _platform.On("POST xrpc/com.atproto.repo.deleteRecord", Json("{}"));
        await _client.DeleteAsync(Target.Of(SocialPlatforms.Bluesky, "").Account, "at://did:plc:demo/app.bsky.feed.post/3kkey", CancellationToken.None);
        _platform.Requests.ShouldHaveSingleItem().Body.ShouldBe("""{"repo":"did:plc:demo","collection":"app.bsky.feed.post","rkey":"3kkey"}""");
    }

    [Fact]
    public async Task An_account_that_is_taken_down_is_blocked()
    {
        var account = Target.Of(SocialPlatforms.Bluesky, "").Account;
        _platform.On("GET xrpc/com.atproto.server.getSession", Json("""{"did":"did:plc:demo","handle":"cat.example","active":true}"""));
        (await _client.CheckAsync(account, CancellationToken.None)).ShouldBe(new AccountCheck("cat.example"));
        _platform.On("GET xrpc/com.atproto.server.getSession", Json("""{"did":"did:plc:demo","handle":"cat.example","active":false,"status":"takendown"}"""));
        (await Target.FailsAsync(() => _client.CheckAsync(account, CancellationToken.None), FailureKind.AccountBlocked)).Error.ShouldContain("takendown");
    }
}
