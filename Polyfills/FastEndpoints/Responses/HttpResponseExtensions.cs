using System.Text.Json.Serialization;
using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>
/// Answers, for processors and for what is no endpoint. Each marks the response as started, runs the global response
/// modifiers and writes; where no token is given, the exchange's own is taken.
/// </summary>
public static partial class HttpResponseExtensions
{
    /// <summary>Answers with a JSON body; null has none.</summary>
    public static Task<Void> SendAsync<TResponse>(
        this HttpResponse rsp,
        TResponse response,
        int statusCode = 200,
        JsonSerializerContext? jsonSerializerContext = null,
        CancellationToken cancellation = default)
    {
        rsp.HttpContext.Items[ItemKeys.Response] = response;
        return rsp.WriteBodyAsync(response, statusCode, "application/json", jsonSerializerContext, cancellation);
    }

    /// <summary>Answers 200 with a JSON body; null has none.</summary>
    public static Task<Void> SendOkAsync<TResponse>(
        this HttpResponse rsp,
        TResponse response,
        JsonSerializerContext? jsonSerializerContext = null,
        CancellationToken cancellation = default)
        => rsp.SendAsync(response, 200, jsonSerializerContext, cancellation);

    /// <summary>Answers 200 without a body.</summary>
    public static Task<Void> SendOkAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(200, cancellation);

    /// <summary>Answers 204.</summary>
    public static Task<Void> SendNoContentAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(204, cancellation);

    /// <summary>Answers 304.</summary>
    public static Task<Void> SendNotModifiedAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(304, cancellation);

    /// <summary>Answers 401 without a body.</summary>
    public static Task<Void> SendUnauthorizedAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(401, cancellation);

    /// <summary>Answers 403 without a body.</summary>
    public static Task<Void> SendForbiddenAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(403, cancellation);

    /// <summary>Answers 404 without a body.</summary>
    public static Task<Void> SendNotFoundAsync(this HttpResponse rsp, CancellationToken cancellation = default)
        => rsp.SendStatusCodeAsync(404, cancellation);

    /// <summary>Answers with a status and no body.</summary>
    public static async Task<Void> SendStatusCodeAsync(this HttpResponse rsp, int statusCode, CancellationToken cancellation = default)
    {
        await rsp.BeginAsync(statusCode);
        await rsp.StartAsync(rsp.Token(cancellation));
        return Void.Instance;
    }

    /// <summary>Answers with headers and no body.</summary>
    public static Task<Void> SendHeadersAsync(
        this HttpResponse rsp,
        Action<IHeaderDictionary> headers,
        int statusCode = 200,
        CancellationToken cancellation = default)
    {
        headers(rsp.Headers);
        return rsp.SendStatusCodeAsync(statusCode, cancellation);
    }

    /// <summary>Answers with the failures, as <see cref="ErrorOptions"/> says.</summary>
    public static Task<Void> SendErrorsAsync(
        this HttpResponse rsp,
        List<ValidationFailure> failures,
        int statusCode = 400,
        JsonSerializerContext? jsonSerializerContext = null,
        CancellationToken cancellation = default)
    {
        var body = Settings.Errors.ResponseBuilder(failures, rsp.HttpContext, statusCode);
        rsp.HttpContext.Items[ItemKeys.Response] = body;
        return rsp.WriteBodyAsync(body, statusCode, Settings.Errors.ContentType, jsonSerializerContext, cancellation);
    }

    /// <summary>Answers 200 with <c>{}</c>.</summary>
    public static Task<Void> SendEmptyJsonObject(
        this HttpResponse rsp,
        JsonSerializerContext? jsonSerializerContext = null,
        CancellationToken cancellation = default)
        => rsp.WriteBodyAsync(new System.Text.Json.Nodes.JsonObject(), 200, "application/json", jsonSerializerContext, cancellation);

    /// <summary>Answers with text.</summary>
    public static async Task<Void> SendStringAsync(
        this HttpResponse rsp,
        string content,
        int statusCode = 200,
        string contentType = "text/plain; charset=utf-8",
        CancellationToken cancellation = default)
    {
        rsp.ContentType = contentType;
        await rsp.BeginAsync(statusCode);
        await rsp.WriteAsync(content, rsp.Token(cancellation));
        return Void.Instance;
    }

    /// <summary>Answers with what a result of ASP.NET writes.</summary>
    public static async Task<Void> SendResultAsync(this HttpResponse rsp, IResult result)
    {
        await rsp.BeginAsync(null);
        await result.ExecuteAsync(rsp.HttpContext);
        return Void.Instance;
    }

    /// <summary>Answers 302, or 301 where <paramref name="isPermanent"/>.</summary>
    /// <exception cref="InvalidOperationException">The address is another host's, without <paramref name="allowRemoteRedirects"/>.</exception>
    public static Task<Void> SendRedirectAsync(this HttpResponse rsp, string location, bool isPermanent, bool allowRemoteRedirects = false)
        => rsp.SendResultAsync(allowRemoteRedirects ? Results.Redirect(location, isPermanent) : Results.LocalRedirect(location, isPermanent));

    private static async Task<Void> WriteBodyAsync(
        this HttpResponse rsp,
        object? body,
        int statusCode,
        string contentType,
        JsonSerializerContext? context,
        CancellationToken cancellation)
    {
        await rsp.BeginAsync(statusCode);
        await Settings.Serializer.ResponseSerializer(rsp, body, contentType, context, rsp.Token(cancellation));
        return Void.Instance;
    }

    private static Task BeginAsync(this HttpResponse rsp, int? statusCode)
    {
        rsp.HttpContext.MarkResponseStart();
        if (statusCode is { } status)
            rsp.StatusCode = status;
        Settings.Endpoints.GlobalResponseModifier?.Invoke(rsp.HttpContext, null);
        return Settings.Endpoints.GlobalResponseModifierAsync?.Invoke(rsp.HttpContext, null) ?? Task.CompletedTask;
    }

    private static CancellationToken Token(this HttpResponse rsp, CancellationToken cancellation)
        => cancellation == CancellationToken.None ? rsp.HttpContext.RequestAborted : cancellation;
}
