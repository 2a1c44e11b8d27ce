using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Switchboard.Simulator.Chat;
using Switchboard.Simulator.Google;
using Switchboard.Simulator.Meta;
using Switchboard.Simulator.Microsoft;
using Switchboard.Simulator.Push;
using Switchboard.Simulator.Social;
using Switchboard.Simulator.Twilio;

namespace Switchboard.Simulator.Control;

/// <summary>Lets the faults strike, in front of the providers' endpoints.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, FaultList faults, TimeProvider timeProvider)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!faults.IsEmpty && Providers.Of(context.Request.Path) is { } provider
            && faults.Strike(
                provider, faults.AsksContent(provider)
                    ? await ContentAsync(context.Request) : "", Providers.MakesSomething(context.Request))
                is { } fault)
        {
            await StrikeAsync(context, fault);
        }
        else
        {
            await next(context);
        }
    }

    // the address and body, which the endpoint then reads as if nobody had
    private static async Task<string> ContentAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return $"{request.Path}{request.QueryString}\n{body}";
    }

    private async Task StrikeAsync(HttpContext context, Fault fault)
    {
        if (fault.Latency > TimeSpan.Zero)
        {
            await Task.Delay(fault.Latency, timeProvider, context.RequestAborted);
        }

        switch (fault.Mode)
        {
            case FaultMode.Delay:
                await next(context);
                break;
            case FaultMode.Error:
                await RefuseAsync(context, fault);
                break;
            case FaultMode.Timeout:
                await UntilAbortedAsync(context);
                break;
            case FaultMode.Reset:
                context.Abort();
                break;
            case FaultMode.AcceptThenReset:
                // what the endpoint writes goes nowhere
                context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
                await next(context);
                context.Abort();
                break;
        }
    }

    private Task RefuseAsync(HttpContext context, Fault fault)
    {
        if (fault.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return fault.Provider switch
        {
            _ when fault is { Code: null, Status: 502 or 504 } => GatewayError(context, fault.Status.Value),
            Providers.WhatsApp => MetaErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Twilio or Providers.TwilioMedia => TwilioErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Speech => SpeechErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Gmail => GoogleErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Graph => GraphErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Fcm => FcmErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.Apns => ApnsErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            Providers.WebPush => Results.StatusCode(fault.Status ?? 500).ExecuteAsync(context),
            Providers.Slack => ChatErrors.Slack(fault.Status, fault.Code).ExecuteAsync(context),
            Providers.Discord => ChatErrors.Discord(fault.Status, fault.Code, fault.RetryAfterSeconds).ExecuteAsync(context),
            Providers.Teams => ChatErrors.Teams(fault.Status, fault.Code).ExecuteAsync(context),
            _ when SocialFaults.Refuse(context, fault, timeProvider.GetUtcNow()) is { } refusal => refusal.ExecuteAsync(context),
            Providers.Entra => EntraErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
            _ => OAuthErrors.Fault(fault.Status, fault.Code).WriteAsync(context),
        };
    }

    // what stands in front of a provider knows nothing of its error bodies
    private static Task GatewayError(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"<html><head><title>{status}</title></head><body>The server is temporarily unable to service your request.</body></html>");
    }

    private static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}

/// <summary>The providers that can be made to fail, and which paths are theirs.</summary>
internal static class Providers
{
    public const string Gmail = "gmail";
    public const string GoogleOAuth = "google-oauth";
    public const string WhatsApp = "whatsapp";
    public const string Twilio = "twilio";

    /// <summary>Where Twilio's API has files; not the host that it redirects to, so that a fault strikes a download once.</summary>
    public const string TwilioMedia = "twilio-media";

    public const string Speech = "speech";
    public const string Graph = "graph";
    public const string Entra = "microsoft";

    /// <summary>The mail server, which has no paths: its faults strike when a recipient is named.</summary>
    public const string Smtp = "smtp";

    public const string Fcm = "fcm";

    /// <summary>Where FCM's service account gets its tokens.</summary>
    public const string FcmOAuth = "fcm-oauth";

    public const string Apns = "apns";
    public const string WebPush = "web-push";
    public const string Slack = "slack";
    public const string Discord = "discord";
    public const string Teams = "teams";

    public const string Instagram = "instagram";
    public const string Facebook = "facebook";
    public const string X = "x";
    public const string LinkedIn = "linkedin";
    public const string Mastodon = "mastodon";
    public const string Bluesky = "bluesky";

    /// <summary>What follows the name of a social platform where its tokens are to be had.</summary>
    public const string OAuthSuffix = "-oauth";

    private const string Cdn = "twilio-cdn";

    /// <summary>The social platforms.</summary>
    public static IReadOnlyList<string> Social { get; } = [Instagram, Facebook, X, LinkedIn, Mastodon, Bluesky];

    public static IReadOnlyList<string> All { get; } =
    [
        Gmail, GoogleOAuth, WhatsApp, Twilio, TwilioMedia, Speech, Graph, Entra, Smtp, Fcm, FcmOAuth, Apns, WebPush, Slack, Discord, Teams,
        .. Social, .. Social.Select(name => name + OAuthSuffix),
    ];

    /// <summary>Whose codes are numbers.</summary>
    public static bool HasNumbers(string? provider) => provider is WhatsApp or Twilio or TwilioMedia;

    public static string? Of(PathString path) =>
        path.StartsWithSegments("/whatsapp") ? WhatsApp
        : path.StartsWithSegments("/gmail/oauth") ? GoogleOAuth
        : path.StartsWithSegments("/gmail") ? Gmail
        : path.StartsWithSegments("/twilio/cdn") ? Cdn
        : path.StartsWithSegments("/twilio") ? path.Value!.Contains("/Media/", StringComparison.Ordinal) ? TwilioMedia : Twilio
        : path.StartsWithSegments("/speech") ? Speech
        : path.StartsWithSegments("/graph") ? Graph
        : path.StartsWithSegments("/microsoft") ? Entra
        : path.StartsWithSegments("/fcm/token") ? FcmOAuth
        : path.StartsWithSegments("/fcm") ? Fcm
        : path.StartsWithSegments("/apns") ? Apns
        : path.StartsWithSegments("/push") ? WebPush
        : path.StartsWithSegments("/slack") ? Slack
        : path.StartsWithSegments("/discord") ? Discord
        : path.StartsWithSegments("/teams") ? Teams
        : path.StartsWithSegments("/social", out var rest) ? SocialFaults.ProviderOf(rest)
        : null;

    /// <summary>Whether a request makes something: of social platforms a post, of others whatever is not only read.</summary>
    public static bool MakesSomething(HttpRequest request) => !HttpMethods.IsGet(request.Method)
        && (!request.Path.StartsWithSegments("/social") || SocialFaults.MakesPost(request));
}
