using System.Buffers.Binary;
using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>How inboxes are opened and watched; section <c>Inbox</c>.</summary>
internal sealed class InboxOptions
{
    public const string Section = "Inbox";

    /// <summary>For how many minutes a recipient's token is good, unless it is asked for another time.</summary>
    [Range(1, 1_440)]
    public int TokenMinutes { get; init; } = 60;

    /// <summary>Watchers of one recipient's inbox at a time, in each process.</summary>
    [Range(1, 1_000)]
    public int MaxWatchersPerRecipient { get; init; } = 10;

    /// <summary>Watchers of the inboxes of one user's recipients at a time, in each process.</summary>
    [Range(1, 1_000_000)]
    public int MaxWatchersPerUser { get; init; } = 5_000;

    /// <summary>Seconds without an item after which a watcher is sent a comment, so that nobody on the way takes the connection for
    /// dead.</summary>
    [Range(1, 300)]
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Milliseconds between two looks for new items while Redis cannot say that there are any.</summary>
    [Range(50, 60_000)]
    public int PollMs { get; init; } = 500;

    /// <summary>Seconds that a watcher may take to receive what is sent to it; then it is dropped.</summary>
    [Range(1, 300)]
    public int WriteSeconds { get; init; } = 10;

    /// <summary>The origins whose pages may open inboxes (CORS), such as <c>https://app.example.com</c>; none unless they are
    /// named.</summary>
    public IList<string> AllowedOrigins { get; init; } = [];
}

/// <summary>The recipient whose inbox a request is about: it opens this one, and nothing else.</summary>
/// <param name="UserId">Whose recipient it is.</param>
/// <param name="RecipientId">The recipient.</param>
/// <param name="ExpiresAt">Until when; whole seconds.</param>
internal sealed record InboxOwner(Guid UserId, Guid RecipientId, DateTimeOffset ExpiresAt);

/// <summary>
/// What opens one recipient's inbox for a while: <c>sbi_</c> and base64url of user and recipient (16 bytes each) and when it ends (8,
/// ticks), encrypted and authenticated. It is kept nowhere.
/// </summary>
internal static class InboxToken
{
    private const string Prefix = "sbi_";
    private const string Purpose = "inbox-token";
    private const int ContentLength = 16 + 16 + sizeof(long);
    private const int LongestText = 200;

    public static string Encode(SecretProtector secrets, InboxOwner owner)
    {
        Span<byte> content = stackalloc byte[ContentLength];
        owner.UserId.TryWriteBytes(content, bigEndian: true, out _);
        owner.RecipientId.TryWriteBytes(content[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(content[32..], owner.ExpiresAt.UtcTicks);
        return Prefix + Base64Url.EncodeToString(secrets.Protect(content, Purpose));
    }

    /// <summary>Reads a token; null if it is none of ours, was changed, or has ended.</summary>
    public static InboxOwner? Decode(SecretProtector secrets, string text, DateTimeOffset now)
    {
        if (text.Length > LongestText || !text.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(text.AsSpan(Prefix.Length)))
            return null;
        try
        {
            var content = secrets.UnprotectBytes(Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length)), Purpose).AsSpan();
            if (content.Length != ContentLength)
                return null;
            var ends = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(content[32..]), TimeSpan.Zero);
            return ends > now ? new(new(content[..16], bigEndian: true), new(content[16..32], bigEndian: true), ends) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>
/// Lets in requests with a recipient's token; of the endpoints of inboxes alone, which let in nothing else. A browser's <c>EventSource</c>
/// sends no header: the events take the token as <c>?token=</c> too.
/// </summary>
internal sealed class InboxAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SecretProtector secrets,
    TimeProvider timeProvider)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "InboxToken";

    /// <summary>The parameter of the events' address that carries the token.</summary>
    public const string QueryName = "token";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, failure is null ? "Bearer" : "Bearer error=\"invalid_token\"");
        await Problems.For(
            StatusCodes.Status401Unauthorized,
            failure?.Message ?? "Send a recipient's token: Authorization: Bearer sbi_…. POST /api/inbox/tokens gives one.").ExecuteAsync(Context);
    }

    private AuthenticateResult Authenticate()
    {
        var text = ApiKeyAuthentication.KeyOf(Request);
        if (text is null && Context.GetEndpoint()?.Metadata.GetMetadata<EndpointDefinition>()?.EndpointType == typeof(StreamInbox))
            text = Request.Query[QueryName];
        if (string.IsNullOrEmpty(text))
            return AuthenticateResult.NoResult();
        if (InboxToken.Decode(secrets, text, timeProvider.GetUtcNow()) is not { } owner)
            return AuthenticateResult.Fail("This is no recipient's token, or it has ended.");
        Context.Features.Set(owner);
        return AuthenticateResult.Success(new(
            new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, owner.RecipientId.ToString())], SchemeName)),
            SchemeName));
    }
}

internal static class InboxServices
{
    /// <summary>The name of the CORS policy of inboxes.</summary>
    public const string Cors = "inbox";

    /// <summary>Inboxes, who may open them, and who watches them.</summary>
    public static IServiceCollection AddInbox(this IServiceCollection services)
    {
        services.AddOptions<InboxOptions>().BindConfiguration(InboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, InboxAuthentication>(InboxAuthentication.SchemeName, null);
        services.AddCors();
        services.AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>().Configure<IOptions<InboxOptions>>(
            (cors, inbox) => cors.AddPolicy(Cors, policy => policy.WithOrigins([.. inbox.Value.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod()));
        services.AddSingleton<InboxStore>().AddSingleton<InboxChanges>().AddSingleton<InboxWatchers>();
        return services.AddHostedService(provider => provider.GetRequiredService<InboxWatchers>());
    }

    /// <summary>The recipient, on an endpoint of inboxes.</summary>
    public static InboxOwner InboxOwner(this HttpContext context) =>
        context.Features.Get<InboxOwner>() ?? throw new InvalidOperationException("This endpoint lets in who has no recipient's token.");
}
