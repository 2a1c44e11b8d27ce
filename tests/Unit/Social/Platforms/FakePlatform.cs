using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;
using Switchboard.Core.Social;
using Switchboard.Workers.Dispatch.Social;
using Switchboard.Workers.Dispatch.Social.Platforms;

namespace Switchboard.Tests.Unit.Social.Platforms;

/// <summary>Stands where a platform is: answers each path as the test says, in turn and the last again, and keeps what was asked.</summary>
internal sealed class FakePlatform : IPlatformAccess
{
    private readonly List<(string Route, Queue<Func<HttpResponseMessage>> Answers)> _routes = [];

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 29, 14, 0, 0, TimeSpan.Zero));

    public DateTimeOffset Now => Time.GetUtcNow();

    public List<Asked> Requests { get; } = [];

    public TimeSpan Timeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Thrown where there is no token to be had.</summary>
    public ProviderException? NoToken { get; set; }

    /// <summary>A route is a method and the beginning of a path; the longest one that fits answers.</summary>
    public FakePlatform On(string route, params Func<HttpResponseMessage>[] answers)
    {
        _routes.RemoveAll(known => known.Route == route);
        _routes.Add((route, new(answers)));
        return this;
    }

    public static Func<HttpResponseMessage> Json(int status, string body, params (string Name, string Value)[] headers) => () =>
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    };

    public static Func<HttpResponseMessage> Json(string body) => Json(200, body);

    /// <summary>The request arrives, and no answer comes back.</summary>
    public static Func<HttpResponseMessage> Lost() => () =>
        throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");

    public static Func<HttpResponseMessage> Unreachable() => () =>
        throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused.");

    public IEnumerable<Asked> Of(string route) => Requests.Where(asked => $"{asked.Method} {asked.Path}".StartsWith(route, StringComparison.Ordinal));

    public HttpClient ClientOf(SocialAccount account) => new(new Network(this)) { BaseAddress = new("https://platform.test/") };

    public async Task<T> AuthorizedAsync<T>(SocialAccount account, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        if (NoToken is { } none)
            throw none;
        try
        {
            return await use("token-1");
        }
        catch (ProviderException refused) when (refused.Kind == FailureKind.Unauthorized)
        {
            return await use("token-2");
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery.TrimStart('/');
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var key = request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null;
        Requests.Add(new(request.Method.Method, path, body, request.Headers.Authorization?.Parameter, key));
        var asked = $"{request.Method} {path}";
        var answers = _routes.Where(route => asked.StartsWith(route.Route, StringComparison.Ordinal)).MaxBy(route => route.Route.Length).Answers
            ?? throw new InvalidOperationException($"The test says nothing of {asked}.");
        return (answers.Count > 1 ? answers.Dequeue() : answers.Peek())();
    }

    private sealed class Network(FakePlatform owner) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            owner.AnswerAsync(request, cancellationToken);
    }
}

/// <summary>What a platform was asked.</summary>
internal sealed record Asked(string Method, string Path, string Body, string? Token, string? Key)
{
    /// <summary>The fields of its form, as they came.</summary>
    public string Form => string.Join("; ", Body.Split('&').Select(pair => WebUtility.UrlDecode(pair.Replace("=", ": ", StringComparison.Ordinal))));

    /// <summary>Its body of JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);
}

/// <summary>The client of each platform, as it is registered.</summary>
internal static class Clients
{
    public static ISocialPlatform Of(string name, FakePlatform platform)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<TimeProvider>(platform.Time);
        services.AddOptions();
        services.AddSocialPlatforms();
        services.AddSingleton<IPlatformAccess>(platform);
        return services.BuildServiceProvider().GetServices<ISocialPlatform>().Single(client => client.Name == name);
    }
}

/// <summary>What is sent in these tests.</summary>
internal static class Target
{
    public static readonly Guid Id = new("0199b0a0-0000-7000-8000-000000000001");

    public static PublishTarget Of(string platform, string text, params PublishMedia[] media)
    {
        var (external, server) = platform switch
        {
            SocialPlatforms.Bluesky => ("did:plc:demo", "https://platform.test"),
            SocialPlatforms.LinkedIn => ("urn:li:person:demo", ""),
            SocialPlatforms.Mastodon => ("42", "https://platform.test"),
            _ => ("42", ""),
        };
        return new(
            Id, new(Guid.Empty, Guid.Empty, platform, server, external, "demo", AccountStates.Active, null), text, null, media,
            new(2026, 11, 29, 14, 0, 0, TimeSpan.Zero), 1, null);
    }

    public static PublishMedia Image(int number = 1, string type = "image/jpeg", string content = "picture") => new(
        new Guid(number, 0, 0, new byte[8]), type, content.Length, "A cat", 800, 600, new($"https://switchboard.test/m/{number}"),
        _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(content))));

    public static PublishMedia Video(long bytes = 10) => new(
        new Guid(99, 0, 0, new byte[8]), "video/mp4", bytes, null, null, null, new("https://switchboard.test/m/99"),
        _ => Task.FromResult<Stream>(new MemoryStream(new byte[bytes])));

    /// <summary>Prepares until it is ready, as publishing does: what was made is kept, and the wait passes.</summary>
    public static async Task<PublishTarget> PreparedAsync(this PublishTarget target, ISocialPlatform client, FakePlatform platform)
    {
        for (var calls = 0; calls < 20; calls++)
        {
            var preparation = await client.PrepareAsync(target, CancellationToken.None);
            target = target with { Prepared = preparation.State };
            if (preparation.LookAgain is not { } wait)
                return target;
            platform.Time.Advance(wait);
        }

        throw new InvalidOperationException("It is never ready.");
    }

    /// <summary>What comes of a call that fails.</summary>
    public static async Task<ProviderFailure> FailsAsync(Func<Task> call, FailureKind kind)
    {
        var failure = (await Should.ThrowAsync<ProviderException>(call)).Failure;
        failure.Kind.ShouldBe(kind, failure.Error);
        return failure;
    }
}
