/* SPDX-License-Identifier: MIT */
#include "report/names.h"

const char *pb_report_id_from_name(enum pb_id_from id_from)
{
    static const char *const names[] = {
        [PB_ID_UNKNOWN] = NULL,
        [PB_ID_FROM_ARN] = "arn",
        [PB_ID_FROM_DOCUMENT] = "document",
        [PB_ID_FROM_CALLER_IDENTITY] = "caller-identity",
    };

    return names[id_from];
}

const char *pb_report_coverage_name(enum pb_coverage coverage)
{
    static const char *const names[] = {
        [PB_COVERAGE_UNKNOWN] = "unknown",
        [PB_COVERAGE_COMPLETE] = "complete",
        [PB_COVERAGE_INCOMPLETE] = "incomplete",
    };

    return names[coverage];
}

const char *pb_report_origin_name(enum pb_origin origin)
{
    static const char *const names[] = {
        [PB_ORIGIN_IAM] = "iam",
        [PB_ORIGIN_ACM] = "acm",
    };

    return names[origin];
}

const char *pb_report_presence_name(enum pb_presence presence)
{
    static const char *const names[] = {
        [PB_PRESENCE_UNKNOWN] = "unknown",
        [PB_PRESENCE_PRESENT] = "present",
        [PB_PRESENCE_DELETED] = "deleted",
    };

    return names[presence];
}

const char *pb_report_name_from(const struct pb_certificate *certificate)
{
    if (pb_slice_is_absent(certificate->name))
        return NULL;
    return certificate->is_name_from_file ? "file" : "evidence";
}
