using System.Text.Json;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FastEndpoints;

/// <summary>
/// The binder of every endpoint that has no own. A later source overwrites an earlier one:
/// JSON body (or plain text), form, route, query, claims, headers. All failures are collected, then thrown together.
/// </summary>
/// <typeparam name="TRequest">The request type: JSON through the serializer, anything else through public settable properties.</typeparam>
public class RequestBinder<TRequest> : IRequestBinder<TRequest>
    where TRequest : notnull
{
    private static readonly Lazy<RequestShape> LazyShape = new(() => new RequestShape(typeof(TRequest)));

    private readonly BindingSource _sources;

    /// <summary>Reads every source.</summary>
    public RequestBinder()
        : this((BindingSource)~0)
    {
    }

    /// <summary>Reads these sources only.</summary>
    /// <param name="enabledSources">What to read.</param>
    public RequestBinder(BindingSource enabledSources) => _sources = enabledSources;

    internal static RequestShape Shape => LazyShape.Value;

    /// <inheritdoc />
    /// <exception cref="ValidationFailureException">Something did not bind.</exception>
    public virtual async ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct)
    {
        var shape = Shape;
        if (shape.IsEmpty)
            return (TRequest)shape.Create();

        var http = ctx.HttpContext.Request;
        object request =
            shape.IsPlainText ? await ReadTextAsync(shape, http, ct)
            : Reads(BindingSource.JsonBody) && http.HasJsonContentType() ? await ReadJsonAsync(shape, http, ctx, ct)
            : shape.Create();

        if (Reads(BindingSource.FormFields) && !ctx.DontAutoBindForms && http.HasFormContentType)
            await BindFormAsync(shape, request, ctx, ct);
        if (Reads(BindingSource.RouteValues))
        {
            foreach (var (key, value) in http.RouteValues)
                BindField(shape, request, key, value?.ToString(), ctx, Source.RouteParam);
        }

        if (Reads(BindingSource.QueryParams) && http.QueryString.HasValue)
        {
            foreach (var (key, value) in http.Query)
                BindField(shape, request, key, value, ctx, Source.QueryParam);
        }

        if (shape.Claims.Length > 0 && Reads(BindingSource.UserClaims))
            BindClaims(shape, request, ctx);
        if (shape.Headers.Length > 0 && Reads(BindingSource.Headers))
            BindHeaders(shape, request, ctx);
        if (ctx.BoundProperties is not null)
            ctx.ValidationFailures.AddRange(ctx.UnboundRequiredProperties.Select(name => new ValidationFailure(name, "A value is required!")));

        return ctx.ValidationFailures.Count == 0
            ? (TRequest)request
            : throw new ValidationFailureException(ctx.ValidationFailures, "Model binding failed!");
    }

    private bool Reads(BindingSource source) => (_sources & source) != 0;

    private static async ValueTask<object> ReadJsonAsync(RequestShape shape, HttpRequest http, BinderContext ctx, CancellationToken ct)
    {
        var read = Settings.Serializer.RequestDeserializer;
        if (shape.Body is null)
            return await read(http, typeof(TRequest), ctx.JsonSerializerContext, ct) ?? shape.Create();

        var request = shape.Create();
        shape.Body.Set(request, await read(http, shape.Body.Type, ctx.JsonSerializerContext, ct));
        return request;
    }

    private static async ValueTask<object> ReadTextAsync(RequestShape shape, HttpRequest http, CancellationToken ct)
    {
        var request = (IPlainTextRequest)shape.Create();
        using var reader = new StreamReader(http.Body, leaveOpen: true);
        request.Content = await reader.ReadToEndAsync(ct);
        if (http.Body.CanSeek)
            http.Body.Seek(0, SeekOrigin.Begin);
        return request;
    }

    private static async ValueTask BindFormAsync(RequestShape shape, object request, BinderContext ctx, CancellationToken ct)
    {
        IFormCollection form;
        try
        {
            form = await ctx.HttpContext.Request.ReadFormAsync(ct);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            ctx.ValidationFailures.Add(new(Settings.Errors.GeneralErrorsField, "The request body contains malformed form data!"));
            return;
        }

        foreach (var (key, value) in form)
            BindField(shape, request, key, value, ctx, Source.FormField);
    }

    private static void BindField(RequestShape shape, object request, string key, StringValues value, in BinderContext ctx, Source source)
    {
        ctx.BoundProperties?.Add(key);
        if (!shape.Fields.TryGetValue(key, out var property) || (property.ClosedSources & source) == source)
            return;

        ParseResult parsed;
        try
        {
            parsed = property.Parse(value);
        }
        catch (JsonException e)
        {
            throw new JsonBindException(key, Settings.Binding.FailureMessage(property.Type, key, value), e);
        }

        if (parsed.IsSuccess)
            property.Set(request, parsed.Value);
        else if (value.Count > 0 && value[0]?.Length == 0 && Nullable.GetUnderlyingType(property.Type) is not null)
            property.Set(request, Settings.Binding.UseDefaultValuesForNullableProps ? parsed.Value : null);
        else
            ctx.ValidationFailures.Add(new(key, Settings.Binding.FailureMessage(property.Type, key, value)));
    }

    private static void BindClaims(RequestShape shape, object request, in BinderContext ctx)
    {
        foreach (var property in shape.Claims)
        {
            var values = ctx.HttpContext.User.Claims
                .Where(c => string.Equals(c.Type, property.Name, StringComparison.OrdinalIgnoreCase))
                .Select(c => c.Value)
                .ToArray();
            Bind(property, request, values, ctx, "User doesn't have this claim type!", "claim");
        }
    }

    private static void BindHeaders(RequestShape shape, object request, in BinderContext ctx)
    {
        foreach (var property in shape.Headers)
            Bind(property, request, ctx.HttpContext.Request.Headers[property.Name], ctx, "This header is missing from the request!", "header");
    }

    private static void Bind(BoundProperty property, object request, StringValues value, in BinderContext ctx, string whenMissing, string kind)
    {
        if (value.Count == 0)
        {
            if (property.IsRequired)
                ctx.ValidationFailures.Add(new(property.Name, whenMissing));
            return;
        }

        var parsed = property.Parse(value);
        if (parsed.IsSuccess)
            property.Set(request, parsed.Value);
        else
            ctx.ValidationFailures.Add(new(property.Name, $"Unable to bind {kind} value [{value}] to a [{property.Type.Name}] property!"));
    }
}
