using FluentValidation.Results;
using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

public sealed partial class ErrorOptions
{
    /// <summary>What a <see cref="ProblemDetails"/> says.</summary>
    public sealed class ProblemDetailsConfig
    {
        /// <summary>Makes the body from the failures, the exchange and the status.</summary>
        public Func<List<ValidationFailure>, HttpContext, int, object> ResponseBuilder { internal get; set; }
            = (failures, http, status) => new ProblemDetails(failures, http.Request.Path, http.TraceIdentifier, status);

        /// <summary>Title and type of each known status; entries can be changed and added.</summary>
        public Dictionary<int, (string Title, string Url)> Map => KnownStatuses.Map;

        /// <summary>The title of a status that <see cref="Map"/> lacks.</summary>
        public string TitleValue { internal get; set; } = "One or more errors occurred.";

        /// <summary>Makes the title. Default: from <see cref="Map"/>.</summary>
        public Func<ProblemDetails, string> TitleTransformer { internal get; set; }
            = p => KnownStatuses.Map.TryGetValue(p.Status, out var known) ? known.Title : Settings.Errors.Problem.TitleValue;

        /// <summary>The type of a status that <see cref="Map"/> lacks.</summary>
        public string TypeValue { internal get; set; } = "https://www.rfc-editor.org/rfc/rfc7231#section-6.5.1";

        /// <summary>Makes the type. Default: from <see cref="Map"/>.</summary>
        public Func<ProblemDetails, string> TypeTransformer { internal get; set; }
            = p => KnownStatuses.Map.TryGetValue(p.Status, out var known) ? known.Url : Settings.Errors.Problem.TypeValue;

        /// <summary>Makes the detail. Default: the reason of the error, if there is one only.</summary>
        public Func<ProblemDetails, string?>? DetailTransformer { internal get; set; }
            = p => p.Errors.Take(2).ToArray() is [{ } only] ? only.Reason : null;

        /// <summary>Whether a name may appear more than once among the errors. Default false: the first stays.</summary>
        public bool AllowDuplicateErrors { internal get; set; }

        /// <summary>Whether errors carry <see cref="ValidationFailure.ErrorCode"/>. Default false.</summary>
        public bool IndicateErrorCode { get; set; }

        /// <summary>Whether errors carry their severity. Default false.</summary>
        public bool IndicateErrorSeverity { get; set; }
    }
}
