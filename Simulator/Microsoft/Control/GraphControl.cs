using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>/_sim/graph</c>: what a test or a person does to Microsoft 365.</summary>
internal static class GraphControl
{
    public static IServiceCollection AddGraphControl(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, GraphControlJson.Default));

    public static void MapGraphControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/graph");
        group.MapMailboxControl();
        group.MapPost("/messages", MessageControl.Receive);
        group.MapPost("/revoke", Revoke);
        group.MapPost("/tokens", Tokens);
        group.MapPost("/stale", MakeStale);
        group.MapPost("/lifecycle", Lifecycle);
        group.MapGet("/limits", (GraphLimits limits) => Results.Json(limits.Current, GraphControlJson.Default.LimitSettings));
        group.MapPost("/limits", Limit);
        group.MapDelete("/limits", ResetLimits);
    }

    /// <summary>There is no such mailbox.</summary>
    public static IResult NoMailbox(string? address) =>
        Results.Problem("Make it first: POST /_sim/graph/mailboxes.", statusCode: 404, title: $"There is no mailbox {address}.");

    private static IResult Revoke(GraphMailboxName request, GraphTokens tokens)
    {
        if (string.IsNullOrWhiteSpace(request.Address))
        {
            return ControlProblems.Invalid("address", "Name the mailbox, such as demo@example.com.");
        }

        tokens.Revoke(request.Address);
        return Results.NoContent();
    }

    private static IResult Tokens(GraphTokenSettings settings, GraphTokens tokens)
    {
        if (settings.LifetimeSeconds is < 1 or > 86_400)
        {
            return ControlProblems.Invalid("lifetimeSeconds", "Use 1 to 86400 seconds; expireNow ends those that there are.");
        }

        tokens.LifetimeSeconds = settings.LifetimeSeconds ?? tokens.LifetimeSeconds;
        tokens.SingleUse = settings.SingleUse ?? tokens.SingleUse;
        if (settings.ExpireNow)
        {
            tokens.ExpireAll();
        }

        return Results.Json(new GraphTokenSettings(tokens.LifetimeSeconds, settings.ExpireNow, tokens.SingleUse),
            GraphControlJson.Default.GraphTokenSettings);
    }

    private static IResult MakeStale(GraphMailboxName request, GraphMailboxes mailboxes)
    {
        if (mailboxes.Find(request.Address) is not { } mailbox)
        {
            return NoMailbox(request.Address);
        }

        mailbox.MakeTokensStale();
        return Results.NoContent();
    }

    private static IResult Lifecycle(LifecycleRequest request, GraphMailboxes mailboxes, GraphInbox inbox)
    {
        if (request.Event is null || !Notification.LifecycleEvents.Contains(request.Event))
        {
            return ControlProblems.Invalid("event", $"Use one of {string.Join(", ", Notification.LifecycleEvents)}.");
        }

        return mailboxes.Find(request.Address) is { } mailbox
            ? Results.Json(new LifecycleAnswer(inbox.Lifecycle(mailbox, request.Event)), GraphControlJson.Default.LifecycleAnswer,
                statusCode: 202)
            : NoMailbox(request.Address);
    }

    private static IResult Limit(LimitSettings change, GraphLimits limits)
    {
        if (change.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "The limits stay as they are.");
        }

        limits.Change(change);
        return Results.Json(limits.Current, GraphControlJson.Default.LimitSettings);
    }

    private static IResult ResetLimits(GraphLimits limits)
    {
        limits.Reset();
        return Results.NoContent();
    }
}

/// <summary>The body of <c>POST /_sim/graph/revoke</c> and <c>/stale</c>.</summary>
internal sealed record GraphMailboxName(string? Address);

/// <summary>The body of <c>POST /_sim/graph/lifecycle</c>.</summary>
internal sealed record LifecycleRequest(string? Address, string? Event);

/// <summary>What <c>POST /_sim/graph/lifecycle</c> answers: how many subscriptions were told.</summary>
internal sealed record LifecycleAnswer(int Told);

/// <summary>The body of <c>POST /_sim/graph/tokens</c>.</summary>
/// <param name="LifetimeSeconds">How long access tokens given out from now on are good for.</param>
/// <param name="ExpireNow">Whether those given out so far end now.</param>
/// <param name="SingleUse">Whether a refresh token is good for one refresh only.</param>
internal sealed record GraphTokenSettings(int? LifetimeSeconds = null, bool ExpireNow = false, bool? SingleUse = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MailboxRequest))]
[JsonSerializable(typeof(GraphMailboxView))]
[JsonSerializable(typeof(GraphMailboxView[]))]
[JsonSerializable(typeof(NewGraphMail))]
[JsonSerializable(typeof(NewGraphMail[]))]
[JsonSerializable(typeof(AddedGraphMail))]
[JsonSerializable(typeof(AddedGraphMail[]))]
[JsonSerializable(typeof(GraphMailboxName))]
[JsonSerializable(typeof(LifecycleRequest))]
[JsonSerializable(typeof(LifecycleAnswer))]
[JsonSerializable(typeof(GraphTokenSettings))]
[JsonSerializable(typeof(LimitSettings))]
[JsonSerializable(typeof(OutcomeReport))]
[JsonSerializable(typeof(OutcomePage))]
internal sealed partial class GraphControlJson : JsonSerializerContext;
