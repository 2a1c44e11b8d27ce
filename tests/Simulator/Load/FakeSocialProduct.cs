using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Switchboard.Tests.Simulator.Social;

namespace Switchboard.Tests.Simulator.Load;

/// <summary>
/// As much of social publishing as the load tool sees: it posts at once, at Mastodon alone, and can be made to lose a post, to make one
/// twice, or to say something else of one than is so.
/// </summary>
internal sealed class FakeSocialProduct : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RunningSimulator _platforms;
    private readonly ConcurrentDictionary<Guid, SocialUser> _accounts = new();
    private readonly ConcurrentQueue<(string Text, string State)> _posts = new();

    private FakeSocialProduct(RunningSimulator platforms)
    {
        _platforms = platforms;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.MapGet("/alive", () => "Healthy");
        _app.MapPost("/api/users", () => Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201));
        _app.MapPost("/api/api-keys", () => Results.Json(new { id = Guid.CreateVersion7(), key = "sb_load" }, statusCode: 201));
        _app.MapPost("/api/accounts/social", () => Results.Json(new { authorizationUrl = $"{Address}connect?state=1" }, statusCode: 201));
        _app.MapGet("/connect", (HttpContext context) => context.Response.Cookies.Append("browser", "1"));
        _app.MapPost("/connect", (HttpContext context) => Results.Redirect(context.Request.Cookies["browser"] == "1" ? "/consent?x=1" : "/"));
        _app.MapGet("/consent", (string account) => Results.Redirect($"{Address}connected?account={account}"));
        _app.MapGet("/connected", ConnectAsync);
        _app.MapGet("/api/accounts/social", () => new
        {
            items = _accounts.Keys.Select(id => new { id, platform = "mastodon", state = "active" }),
            nextCursor = (string?)null,
        });
        _app.MapPost("/api/media-library", () => Results.Json(new { id = Guid.CreateVersion7() }, statusCode: 201));
        _app.MapPatch("/api/media-library/{id:guid}", (Guid id) => Results.Json(new { id }));
        _app.MapPost("/api/posts/bulk", PostAsync);
        _app.MapGet("/api/posts", (string? state) => new
        {
            items = _posts.Where(_ => state is null).Select(post => new
            {
                content = new { text = post.Text },
                targetStates = new Dictionary<string, int> { [post.State] = 1 },
            }),
            nextCursor = (string?)null,
        });
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>The post, counted from 1, that is never made, though it says it was.</summary>
    public int Lose { get; init; }

    /// <summary>The post that is made twice.</summary>
    public int Double { get; init; }

    /// <summary>The post of which it says something else than <c>published</c>.</summary>
    public (int Number, string State) Say { get; init; }

    public static async Task<FakeSocialProduct> StartAsync(
        RunningSimulator platforms, int lose = 0, int @double = 0, (int Number, string State) say = default)
    {
        var product = new FakeSocialProduct(platforms) { Lose = lose, Double = @double, Say = say };
        await product._app.StartAsync();
        return product;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ConnectAsync(string account) =>
        _accounts[Guid.CreateVersion7()] = await SocialUser.SignInAsync(_platforms, "mastodon", account);

    private async Task<IResult> PostAsync(JsonObject request)
    {
        foreach (var post in request["posts"]!.AsArray())
        {
            var text = (string)post!["content"]!["text"]!;
            var account = _accounts[(Guid)post["targets"]!["accounts"]![0]!];
            var number = _posts.Count + 1;
            for (var copy = number == Lose ? 0 : number == Double ? 2 : 1; copy > 0; copy--)
                (await account.PostAsync(text, key: $"{number}-{copy}")).Dispose();
            _posts.Enqueue((text, number == Say.Number ? Say.State : "published"));
        }

        return Results.Json(new { created = _posts.Count }, statusCode: 201);
    }
}
