/* SPDX-License-Identifier: Apache-2.0
 *
 * Every command of the program.
 */
#ifndef DLRN_CLI_COMMANDS_H
#define DLRN_CLI_COMMANDS_H

#include "cli.h"

extern const cli_command cmd_check;
extern const cli_command cmd_completion;
extern const cli_command cmd_deep;
extern const cli_command cmd_extract;
extern const cli_command cmd_features;
extern const cli_command cmd_help;
extern const cli_command cmd_init;
extern const cli_command cmd_man;
extern const cli_command cmd_phantom;
extern const cli_command cmd_predict;
extern const cli_command cmd_report;
extern const cli_command cmd_stats;
extern const cli_command cmd_study;
extern const cli_command cmd_version;
extern const cli_command cmd_weights;

#endif
