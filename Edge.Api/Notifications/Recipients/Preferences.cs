using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>Which categories preferences may name: those that there are.</summary>
internal sealed class PreferenceCategories(CategoryStore categories)
{
    /// <summary>What a user's categories are, and which of those that a request names are none of them.</summary>
    public async Task<(IReadOnlyList<CategorySettings> Known, FieldError[] Unknown)> CheckAsync(
        Guid userId, PreferencesRequest request, CancellationToken cancellationToken)
    {
        var known = await categories.ListAsync(userId, cancellationToken);
        var names = known.Select(category => category.Name).ToHashSet();
        return (known,
        [
            .. (request.Preferences?.Keys ?? []).Where(name => name != PreferenceSet.Any && !names.Contains(name)).Take(JsonErrors.Most)
                .Select(name => new FieldError($"preferences.{StorableText.Cut(name, Names.MaxLength)}", "There is no such category.")),
        ]);
    }
}

/// <summary><c>GET /api/recipients/{id}/preferences</c>: what the recipient has chosen.</summary>
internal sealed class GetRecipientPreferences(RecipientStore recipients, PreferenceStore preferences, CategoryStore categories)
    : EndpointWithoutRequest<Results<Ok<RecipientPreferencesResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/recipients/{id}/preferences");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Preferences", "Read what a recipient wants")
            .Produces<RecipientPreferencesResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<RecipientPreferencesResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        if (await recipients.OfRouteAsync(HttpContext, ct) is not { } recipient)
            return Problems.NotFound("recipient", RecipientId.OfRoute(HttpContext));
        var set = await preferences.FindSetAsync(userId, recipient.Id, ct);
        return TypedResults.Ok(new RecipientPreferencesResponse(
            PreferencesResponse.Of(set, await categories.ListAsync(userId, ct)), set.QuietHours, recipient.TimeZone));
    }
}

/// <summary><c>PUT /api/recipients/{id}/preferences</c>: in place of what the recipient had chosen.</summary>
internal sealed class SetRecipientPreferences(
    RecipientStore recipients, PreferenceStore preferences, PreferenceCategories categories, RecipientWriter writer)
    : Endpoint<PreferencesRequest, Results<Ok<RecipientPreferencesResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/recipients/{id}/preferences");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Preferences", "Set what a recipient wants")
            .WithDescription(
                "What a recipient chose counts before what the category sets, and that before the user's own default; where nobody said "
                + "anything, it is wanted. What names the category counts before what names * and the channel.")
            .Produces<RecipientPreferencesResponse>().Refuses(400, 401, 403, 404, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<RecipientPreferencesResponse>, ProblemHttpResult>> ExecuteAsync(
        PreferencesRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        if (await recipients.OfRouteAsync(HttpContext, ct) is not { } recipient)
            return Problems.NotFound("recipient", RecipientId.OfRoute(HttpContext));
        var (known, unknown) = await categories.CheckAsync(userId, request, ct);
        if (unknown.Length > 0)
            return Problems.Invalid(unknown);

        if (request.TimeZone is { } zone && zone != recipient.TimeZone)
            await writer.SetTimeZoneAsync(userId, recipient.Id, zone, ct);
        return await preferences.ChangeAsync(userId, recipient.Id, _ => request.ToSet(), ct) is { } set
            ? TypedResults.Ok(new RecipientPreferencesResponse(
                PreferencesResponse.Of(set, known), set.QuietHours, request.TimeZone ?? recipient.TimeZone))
            : Problems.NotFound("recipient", RecipientId.OfRoute(HttpContext));
    }
}

/// <summary><c>GET /api/preferences</c>: what the user has set for all of their recipients who chose nothing.</summary>
internal sealed class GetPreferences(PreferenceStore preferences, CategoryStore categories)
    : EndpointWithoutRequest<Ok<PreferencesResponse>>
{
    public override void Configure()
    {
        Get("/api/preferences");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Preferences", "Read what holds for recipients who chose nothing")
            .Produces<PreferencesResponse>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<PreferencesResponse>> ExecuteAsync(CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var set = await preferences.FindSetAsync(userId, userId, ct);
        var known = await categories.ListAsync(userId, ct);
        return TypedResults.Ok(new PreferencesResponse(PreferencesResponse.Of(set, known), set.QuietHours));
    }
}

/// <summary><c>PUT /api/preferences</c>: in place of what was set.</summary>
internal sealed class SetPreferences(PreferenceStore preferences, PreferenceCategories categories)
    : Endpoint<PreferencesRequest, Results<Ok<PreferencesResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Put("/api/preferences");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Preferences", "Set what holds for recipients who chose nothing")
            .Produces<PreferencesResponse>().Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<PreferencesResponse>, ProblemHttpResult>> ExecuteAsync(
        PreferencesRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        if (request.TimeZone is not null)
            return Problems.Invalid(new FieldError("timeZone", "It belongs to each recipient."));
        var (known, unknown) = await categories.CheckAsync(userId, request, ct);
        if (unknown.Length > 0)
            return Problems.Invalid(unknown);
        var set = (await preferences.ChangeAsync(userId, userId, _ => request.ToSet(), ct))!;
        return TypedResults.Ok(new PreferencesResponse(PreferencesResponse.Of(set, known), set.QuietHours));
    }
}
