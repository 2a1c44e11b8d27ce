using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary><c>POST /api/recipients</c>: makes a recipient known, or changes what is known. Sent again it changes nothing.</summary>
internal sealed class UpsertRecipient(RecipientWriter writer, RecipientStore recipients)
    : Endpoint<RecipientRequest, Results<Created<RecipientResponse>, Ok<RecipientResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/recipients");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Recipients", "Make a recipient known, or change one")
            .WithDescription(
                "By your own id. What is left out stays as it is, null takes it away; the lists push and chat are all that there is then. "
                + "An address that was turned off is on again when it is given again. Sent again it changes nothing, so that it takes no "
                + "Idempotency-Key.")
            .Produces<RecipientResponse>().Produces<RecipientResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Created<RecipientResponse>, Ok<RecipientResponse>, ProblemHttpResult>> ExecuteAsync(
        RecipientRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var written = await writer.UpsertAsync(userId, [request], ct);
        if (!written.TryGetValue(request.Id!, out var isNew))
            return Problems.Conflict(writer.FullReason);

        var found = await recipients.FindAsync(userId, [request.Id!], ct);
        if (!found.TryGetValue(request.Id!, out var recipient))
            return Problems.NotFound("recipient", request.Id!); // deleted meanwhile
        var answer = RecipientResponse.Of(recipient);
        return isNew ? TypedResults.Created(RecipientId.PathOf(answer.Id), answer) : TypedResults.Ok(answer);
    }
}
