using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization;
using FluentValidation.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace FastEndpoints;

/// <summary>An answer of errors as RFC 9457 has it, with the members <c>traceId</c> and <c>errors</c> of its own.</summary>
public sealed partial class ProblemDetails : IResult, IEndpointMetadataProvider
{
    /// <summary>Creates one without errors.</summary>
    public ProblemDetails()
    {
    }

    /// <summary>Creates one of failures; instance and trace id are the exchange's when it is sent.</summary>
    /// <param name="failures">The failures.</param>
    /// <param name="statusCode">The status; <see cref="ErrorOptions.StatusCode"/> when null.</param>
    public ProblemDetails(IReadOnlyList<ValidationFailure> failures, int? statusCode = null)
        : this(failures, null!, null!, statusCode ?? Settings.Errors.StatusCode)
    {
    }

    /// <summary>Creates one of failures.</summary>
    /// <param name="failures">The failures.</param>
    /// <param name="instance">The path of the request.</param>
    /// <param name="traceId">The id of the request.</param>
    /// <param name="statusCode">The status.</param>
    public ProblemDetails(IReadOnlyList<ValidationFailure> failures, string instance, string traceId, int statusCode)
    {
        Status = statusCode;
        Instance = instance;
        TraceId = traceId;
        var errors = failures.Select(f => new Error(f));
        Errors = [.. Settings.Errors.Problem.AllowDuplicateErrors ? errors : errors.DistinctBy(e => e.Name)];
        Detail = Settings.Errors.Problem.DetailTransformer?.Invoke(this);
    }

    /// <summary>The kind of problem: an address.</summary>
    [DefaultValue("https://www.rfc-editor.org/rfc/rfc7231#section-6.5.1")]
    public string Type => Settings.Errors.Problem.TypeTransformer(this);

    /// <summary>The kind of problem, in words.</summary>
    [DefaultValue("One or more validation errors occurred.")]
    public string Title => Settings.Errors.Problem.TitleTransformer(this);

    /// <summary>The status.</summary>
    [DefaultValue(400)]
    public int Status { get; set; }

    /// <summary>The path of the request.</summary>
    [DefaultValue("/api/route")]
    public string Instance { get; set; } = null!;

    /// <summary>The id of the request.</summary>
    [DefaultValue("0HMPNHL0JHL76:00000001")]
    public string TraceId { get; set; } = null!;

    /// <summary>This problem, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; set; }

    /// <summary>The single errors.</summary>
    public IEnumerable<Error> Errors { get; set; } = null!;

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (string.IsNullOrEmpty(TraceId))
            TraceId = httpContext.TraceIdentifier;
        if (string.IsNullOrEmpty(Instance))
            Instance = httpContext.Request.Path;
        return httpContext.Response.SendAsync(this, Status);
    }

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new DefaultProduces(typeof(ProblemDetails), Settings.Errors.StatusCode, Settings.Errors.ContentType));
    }
}
