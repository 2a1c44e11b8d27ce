using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>What became of the lines of a bulk upsert.</summary>
/// <param name="Received">How many lines there were; empty ones do not count.</param>
/// <param name="Created">How many recipients are new.</param>
/// <param name="Updated">How many were known.</param>
/// <param name="Failed">How many lines were not taken.</param>
/// <param name="Errors">Those, with what is wrong.</param>
internal sealed record BulkResponse(int Received, int Created, int Updated, int Failed, IReadOnlyList<LineError> Errors);

/// <summary>A line that was not taken.</summary>
/// <param name="Line">Its number, from 1; empty ones count.</param>
/// <param name="Id">The recipient's id, where it could be read.</param>
/// <param name="Errors">What is wrong with it.</param>
internal sealed record LineError(int Line, string? Id, IReadOnlyList<FieldError> Errors);

/// <summary>
/// <c>POST /api/recipients/bulk</c>: recipients as <c>POST /api/recipients</c> takes them, a JSON object a line. Read as it comes, and
/// written 500 at a time: a line that is wrong stops no other, and what was written before the end stays.
/// </summary>
internal sealed class BulkRecipients(RecipientWriter writer, IHostEnvironment environment, IOptions<JsonOptions> json)
    : EndpointWithoutRequest<Results<Ok<BulkResponse>, ProblemHttpResult>>
{
    public const string MediaType = "application/x-ndjson";

    private const int MaxLines = 10_000;
    private const int MaxBytes = 32 * 1024 * 1024;
    private const int BatchSize = 500;
    private const int LinesPerPermit = 100;
    private const int MostErrorsOfLine = 10;

    private readonly RecipientValidator _validator = new(environment);

    public override void Configure()
    {
        Post("/api/recipients/bulk");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Recipients", "Make many recipients known, a JSON object a line")
            .WithDescription(
                $"Up to {MaxLines} lines and {MaxBytes / 1024 / 1024} MiB a call. A line that is wrong is told by its number, and stops "
                + "no other.")
            .Accepts<RecipientRequest>(MediaType, "application/json")
            .Produces<BulkResponse>().Refuses(400, 401, 403, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<BulkResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        if (HttpContext.Request.ContentLength > MaxBytes)
            return TooLarge(null);
        if (HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = MaxBytes;

        var bulk = new Bulk(this, writer, HttpContext.Caller().UserId);
        var lines = new LineReader(HttpContext.Request.BodyReader);
        try
        {
            while (await lines.ReadAsync(ct) is { } line)
            {
                if (bulk.Received == MaxLines)
                    return await EndAsync(
                        bulk, $"A call takes at most {MaxLines} lines. Send those from line {lines.Number} on in another one.", ct);
                await bulk.TakeAsync(line, lines.Number, ct);
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return await EndAsync(bulk, null, ct);
        }

        await bulk.WriteAsync(ct);
        await HttpContext.CostsBytesAsync(lines.Bytes);
        await HttpContext.CostsItemsAsync(bulk.Received / LinesPerPermit);
        return TypedResults.Ok(bulk.Answer());
    }

    private static async Task<ProblemHttpResult> EndAsync(Bulk bulk, string? reason, CancellationToken cancellationToken)
    {
        await bulk.WriteAsync(cancellationToken);
        return TooLarge(bulk.Answer(), reason);
    }

    private static ProblemHttpResult TooLarge(BulkResponse? taken, string? reason = null)
    {
        var problem = Problems.For(
            StatusCodes.Status413PayloadTooLarge, reason ?? $"A body is at most {MaxBytes} bytes long here: send it in parts.");
        if (taken is not null)
            problem.ProblemDetails.Extensions["taken"] = taken;
        return problem;
    }

    private List<FieldError> ErrorsOf(ReadOnlySequence<byte> line, out RecipientRequest? recipient)
    {
        recipient = null;
        try
        {
            recipient = (RecipientRequest?)JsonBody.Parse(line, typeof(RecipientRequest), json.Value.SerializerOptions);
        }
        catch (JsonBodyException exception)
        {
            return [.. JsonBody.AllErrors(JsonBody.Failure(exception), rest => _validator.Validate((RecipientRequest)rest).Errors)];
        }

        return recipient is null
            ? [new("$", "It must be an object.")]
            : _validator.Validate(recipient).Errors.ConvertAll(
                error => new FieldError(FieldNames.Of(error.PropertyName), error.ErrorMessage));
    }

    /// <summary>The lines of one call.</summary>
    private sealed class Bulk(BulkRecipients endpoint, RecipientWriter writer, Guid userId)
    {
        private readonly List<LineError> _errors = [];
        private readonly Dictionary<string, (int Line, RecipientRequest Recipient)> _batch = [];
        private int _created;
        private int _updated;

        public int Received { get; private set; }

        public async Task TakeAsync(BodyLine line, int number, CancellationToken cancellationToken)
        {
            Received++;
            RecipientRequest? recipient = null;
            List<FieldError> errors = line.IsTooLong
                ? [new("$", $"A line is at most {LineReader.MaxLength} bytes long.")]
                : endpoint.ErrorsOf(line.Content, out recipient);
            if (errors.Count > 0)
            {
                var id = RecipientId.ErrorOf(recipient?.Id) is null ? recipient!.Id : null;
                _errors.Add(new(number, id, errors.Count <= MostErrorsOfLine ? errors : errors[..MostErrorsOfLine]));
                return;
            }

            // one transaction has each recipient once
            if (_batch.ContainsKey(recipient!.Id!))
                await WriteAsync(cancellationToken);
            _batch.Add(recipient.Id!, (number, recipient));
            if (_batch.Count == BatchSize)
                await WriteAsync(cancellationToken);
        }

        public async Task WriteAsync(CancellationToken cancellationToken)
        {
            if (_batch.Count == 0)
                return;
            var written = await writer.UpsertAsync(userId, [.. _batch.Values.Select(one => one.Recipient)], cancellationToken);
            foreach (var (id, (line, _)) in _batch)
            {
                if (!written.TryGetValue(id, out var isNew))
                    _errors.Add(new(line, id, [new("id", writer.FullReason)]));
                else if (isNew)
                    _created++;
                else
                    _updated++;
            }

            _batch.Clear();
        }

        public BulkResponse Answer() => new(Received, _created, _updated, _errors.Count, [.. _errors.OrderBy(error => error.Line)]);
    }
}
