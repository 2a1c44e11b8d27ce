using System.Buffers;
using System.Text.Json;
using FluentValidation.Results;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Reads a request's JSON, and finds everything that is wrong with it, not only the first.</summary>
internal static class JsonBody
{
    /// <summary>
    /// The body as that type; null when there is none and its method needs none: many clients say that they send JSON always.
    /// </summary>
    /// <exception cref="JsonBodyException">It is not JSON, or not of that type.</exception>
    public static async ValueTask<object?> ReadAsync(
        HttpRequest request, Type type, JsonSerializerOptions options, CancellationToken cancellationToken)
    {
        var json = await request.ReadToEndAsync(cancellationToken);
        try
        {
            return json.IsEmpty && NeedsNone(request.Method) ? null : Parse(json, type, options);
        }
        finally
        {
            request.BodyReader.AdvanceTo(json.End);
        }
    }

    /// <summary>
    /// The whole body, as it was sent. To be given back with <c>AdvanceTo(body.End)</c>. The server ends one that is too long.
    /// </summary>
    public static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        var body = request.BodyReader;
        var read = await body.ReadAsync(cancellationToken);
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(cancellationToken);
        }

        await request.HttpContext.CostsBytesAsync(read.Buffer.Length);
        return WithoutMark(read.Buffer);
    }

    /// <summary>JSON without the byte order mark that some programs put before it (RFC 8259, 8.1).</summary>
    public static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> json)
    {
        var reader = new SequenceReader<byte>(json);
        return reader.IsNext([0xEF, 0xBB, 0xBF], advancePast: true) ? json.Slice(reader.Position) : json;
    }

    /// <summary>JSON as that type.</summary>
    /// <exception cref="JsonBodyException">It is not JSON, or not of that type.</exception>
    public static object? Parse(ReadOnlySequence<byte> json, Type type, JsonSerializerOptions options)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var value = JsonSerializer.Deserialize(ref reader, type, options);
            // what follows the value is an error too
            reader.Read();
            return value;
        }
        catch (JsonException first)
        {
            var errors = JsonErrors.All(first, json, type, options, out var rest);
            throw new JsonBodyException(errors, rest, first);
        }
    }

    /// <summary>What FastEndpoints is to make of it: one failure that carries the exception, for <see cref="AllErrors"/>.</summary>
    public static ValidationFailure Failure(JsonException exception)
    {
        var first = JsonErrors.Of(exception);
        return new(first.Name, first.Reason) { CustomState = exception };
    }

    /// <summary>Every error behind a failure: those of the JSON, and those that the validator finds in the rest of it.</summary>
    public static IEnumerable<FieldError> AllErrors(ValidationFailure failure, Func<object, IEnumerable<ValidationFailure>> validate)
    {
        if (failure.CustomState is not JsonBodyException body)
            return [new(FieldNames.Of(failure.PropertyName), failure.ErrorMessage)];

        var more = (body.Rest is null ? [] : validate(body.Rest))
            .Select(other => new FieldError(FieldNames.Of(other.PropertyName), other.ErrorMessage))
            // a field that was taken out is missing, which is no error besides
            .Where(other => !body.Errors.Any(error => error.Name.StartsWith(other.Name, StringComparison.Ordinal)));
        return [.. body.Errors, .. more];
    }

    private static bool NeedsNone(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsDelete(method);
}

/// <summary>A body that is not what it should be.</summary>
/// <param name="errors">Each field that is wrong.</param>
/// <param name="rest">What remains of it without those fields; null if nothing does.</param>
/// <param name="first">What the serializer said.</param>
internal sealed class JsonBodyException(IReadOnlyList<FieldError> errors, object? rest, JsonException first)
    : JsonException(first.Message, first)
{
    public IReadOnlyList<FieldError> Errors { get; } = errors;

    public object? Rest { get; } = rest;
}
